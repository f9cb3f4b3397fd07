import * as Packet from '../../packet.js';
import { defineQueueHandler } from '../handler.js';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLAN_TAGS = new Set([0x8100, 0x88a8, 0x9100]);
const ETHERNET = 1;

export default defineQueueHandler({
  summary: 'for packets not decoded yet: the pair of outer IP addresses decides, so fragments stay together',
  ways: ['to'],
  keepsFlows: true,
  create({ memory: { row, view }, ways: [way] }) {
    const { first, count } = way!;
    return p =>
      first +
      (hash(view, row[p + Packet.DATA]!, row[p + Packet.LENGTH]!, row[p + Packet.LINK_TYPE]!) % count);
  },
});

/** Hash of the address pair, the same for both directions; 0 where no IP header is found at the usual place. */
function hash(view: DataView, data: number, length: number, linkType: number): number {
  if (linkType !== ETHERNET || length < 34) return 0;
  let at = data + 12;
  const end = data + length;
  while (at + 6 <= end && VLAN_TAGS.has(view.getUint16(at))) at += 4;
  const type = view.getUint16(at);
  at += 2;
  if (type === IPV4 && at + 20 <= end) return mix(view.getUint32(at + 12), view.getUint32(at + 16));
  if (type !== IPV6 || at + 40 > end) return 0;
  return mix(fold(view, at + 8), fold(view, at + 24));
}

function fold(view: DataView, at: number): number {
  return view.getUint32(at) ^ view.getUint32(at + 4) ^ view.getUint32(at + 8) ^ view.getUint32(at + 12);
}

function mix(a: number, b: number): number {
  const x = Math.imul((a ^ b) + Math.imul(a & b, 31), 0x9e3779b1);
  return (x ^ (x >>> 15)) >>> 0;
}
