import { ETHERNET, IPV4, IPV6, RAW, RAW_BSD, RAW_OPENBSD } from '../../packet/link-type.js';
import * as Packet from '../../packet.js';
import { defineQueueHandler } from '../handler.js';

const TYPE_IPV4 = 0x0800;
const TYPE_IPV6 = 0x86dd;
const VLAN_TAGS = new Set([0x8100, 0x88a8, 0x9100]);
const BEGINS_WITH_IP: ReadonlySet<number> = new Set([RAW, RAW_BSD, RAW_OPENBSD, IPV4, IPV6]);

export default defineQueueHandler({
  summary: 'for packets not yet decoded: by the pair of outer IP addresses, so fragments stay together',
  ways: ['to'],
  keepsFlows: true,
  create({ memory: { row, view }, ways: [way] }) {
    const { first, count } = way!;
    return p =>
      first +
      (hash(view, row[p + Packet.DATA]!, row[p + Packet.LENGTH]!, row[p + Packet.LINK_TYPE]!) % count);
  },
});

/** Hash of the address pair, the same for both directions; 0 if no IP header is found at the usual offset. */
function hash(view: DataView, data: number, length: number, linkType: number): number {
  const end = data + length;
  // Packets from kernel queues are of this type.
  if (BEGINS_WITH_IP.has(linkType))
    return hashOfHeader(view, data, end, length > 0 ? view.getUint8(data) >>> 4 : 0);
  if (linkType !== ETHERNET || length < 34) return 0;
  let at = data + 12;
  while (at + 6 <= end && VLAN_TAGS.has(view.getUint16(at))) at += 4;
  const type = view.getUint16(at);
  return hashOfHeader(view, at + 2, end, type === TYPE_IPV4 ? 4 : type === TYPE_IPV6 ? 6 : 0);
}

function hashOfHeader(view: DataView, at: number, end: number, version: number): number {
  if (version === 4 && at + 20 <= end) return mix(view.getUint32(at + 12), view.getUint32(at + 16));
  if (version === 6 && at + 40 <= end) return mix(fold(view, at + 8), fold(view, at + 24));
  return 0;
}

function fold(view: DataView, at: number): number {
  return view.getUint32(at) ^ view.getUint32(at + 4) ^ view.getUint32(at + 8) ^ view.getUint32(at + 12);
}

function mix(a: number, b: number): number {
  const x = Math.imul((a ^ b) + Math.imul(a & b, 31), 0x9e3779b1);
  const y = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return (y ^ (y >>> 13)) >>> 0;
}
