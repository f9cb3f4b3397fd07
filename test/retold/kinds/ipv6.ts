/** Hosts of IPv4 become hosts of IPv6: private ones in fd00::/8, groups in ff02::/16. */
import type { Layers } from '../../fuzz/packet-layers.js';
import { checksum, concat, u8, u16, u32, with16 } from '../../packets/bytes.js';
import { isPrivate, written } from '../address-book.js';
import {
  CHECKSUMS,
  DECODER_EVENTS,
  HEADER_LENGTHS,
  IP_VERSION,
  IP_VERSION_TOLD,
  LITERAL_ADDRESSES,
  PACKET_BYTES,
} from '../left-out.js';
import { ipOf, onEthernet, plainCapture } from '../plain-ip.js';
import { withAddresses, withoutBytes } from '../records-back.js';
import type { Retelling } from '../retelling.js';
import { withCaptures } from '../story.js';

/** One group in the configuration replaces all default ones. */
const AT_HOME = [
  ...['HTTP_SERVERS', 'SMTP_SERVERS', 'SQL_SERVERS', 'DNS_SERVERS', 'TELNET_SERVERS', 'DC_SERVERS'],
  ...['DNP3_SERVER', 'DNP3_CLIENT', 'MODBUS_SERVER', 'MODBUS_CLIENT', 'ENIP_SERVER', 'ENIP_CLIENT'],
];
const HOME = [
  'HOME_NET=[fd00::/8]',
  'EXTERNAL_NET=!$HOME_NET',
  'AIM_SERVERS=$EXTERNAL_NET',
  ...AT_HOME.map(name => `${name}=$HOME_NET`),
].flatMap(setting => ['--set', `vars.address-groups.${setting}`]);
/** An IPv6 header is this much longer. */
const LONGER = 20;
const CHECKSUM_AT: Readonly<Record<number, number>> = { 6: 16, 17: 6 };

const ipv6: Retelling = story => {
  const before = new Map<string, string>();
  const told = withCaptures(story, capture =>
    plainCapture(capture, (packet, layers) =>
      isPlain(layers) ? onEthernet(ipOf(packet, layers)) : undefined,
    ),
  );
  const retold = withCaptures(story, capture =>
    plainCapture(capture, (packet, layers) =>
      isPlain(layers) ? onEthernet(asIpv6(packet, layers, before)) : undefined,
    ),
  );
  if (Object.values(told.captures).every(({ packets }) => packets.length === 0)) return undefined;
  return {
    name: 'ipv6',
    told,
    retold: { ...retold, words: [...(story.words ?? []), ...HOME] },
    leftOut: [
      LITERAL_ADDRESSES,
      IP_VERSION,
      IP_VERSION_TOLD,
      DECODER_EVENTS,
      CHECKSUMS,
      HEADER_LENGTHS,
      PACKET_BYTES,
    ],
    back: ({ capture, record }) => ({
      capture,
      record: withoutBytes(
        withAddresses(record, address => before.get(address) ?? address),
        LONGER,
      ),
    }),
  };
};
export default ipv6;

/** TCP and UDP in IPv4 without options. */
function isPlain({ version, protocol, network, transport }: Layers): boolean {
  return version === 4 && transport === network + 20 && protocol in CHECKSUM_AT;
}

function asIpv6(packet: Uint8Array, layers: Layers, before: Map<string, string>): Uint8Array {
  const { network, transport, end, protocol } = layers;
  const addresses = [12, 16].map(at => {
    const four = packet.subarray(network + at, network + at + 4);
    const six = address6(four);
    before.set(written(six), written(four));
    return six;
  });
  const at = CHECKSUM_AT[protocol]!;
  const bare = with16(packet.subarray(transport, end), at, 0);
  const sum = checksum(...addresses, u32(bare.length), u32(protocol), bare);
  const first = u32(((6 << 28) | (packet[network + 1]! << 20)) >>> 0);
  const hops = packet[network + 8]!;
  return concat(
    first,
    u16(bare.length),
    u8(protocol),
    u8(hops),
    ...addresses,
    with16(bare, at, sum || 0xffff),
  );
}

function address6(four: Uint8Array): Uint8Array {
  const first = four[0]! >= 224 ? 0xff02 : isPrivate(four) ? 0xfd00 : 0x2001;
  return concat(u16(first), new Uint8Array(10), four);
}
