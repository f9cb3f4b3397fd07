/** Hosts of IPv4 become hosts of IPv6: private ones in fd00::/8, groups in ff02::/16. */
import type { Layers } from '../../fuzz/packet-layers.js';
import { checksum, concat, u8, u16, u32, with16 } from '../../packets/bytes.js';
import { addressText, isPrivate } from '../address-mapping.js';
import {
  CHECKSUMS,
  DECODER_EVENTS,
  HEADER_LENGTHS,
  IP_VERSION,
  IP_VERSION_MEMBER,
  LITERAL_ADDRESSES,
  PACKET_BYTES,
} from '../ignored-differences.js';
import { ipOf, plainCapture, withEthernet } from '../plain-ip.js';
import { withAddresses, withoutBytes } from '../record-restoration.js';
import { withCaptures } from '../scenario.js';
import type { Transformation } from '../transformation.js';

/** One group in the configuration replaces all default ones. */
const HOME_GROUPS = [
  ...['HTTP_SERVERS', 'SMTP_SERVERS', 'SQL_SERVERS', 'DNS_SERVERS', 'TELNET_SERVERS', 'DC_SERVERS'],
  ...['DNP3_SERVER', 'DNP3_CLIENT', 'MODBUS_SERVER', 'MODBUS_CLIENT', 'ENIP_SERVER', 'ENIP_CLIENT'],
];
const HOME_NET_SETTINGS = [
  'HOME_NET=[fd00::/8]',
  'EXTERNAL_NET=!$HOME_NET',
  'AIM_SERVERS=$EXTERNAL_NET',
  ...HOME_GROUPS.map(name => `${name}=$HOME_NET`),
].flatMap(setting => ['--set', `vars.address-groups.${setting}`]);
/** An IPv6 header is this much longer. */
const EXTRA_BYTES = 20;
const CHECKSUM_OFFSETS: Readonly<Record<number, number>> = { 6: 16, 17: 6 };

const ipv6: Transformation = scenario => {
  const originals = new Map<string, string>();
  const original = withCaptures(scenario, capture =>
    plainCapture(capture, (packet, layers) =>
      isPlain(layers) ? withEthernet(ipOf(packet, layers)) : undefined,
    ),
  );
  const transformed = withCaptures(scenario, capture =>
    plainCapture(capture, (packet, layers) =>
      isPlain(layers) ? withEthernet(asIpv6(packet, layers, originals)) : undefined,
    ),
  );
  if (Object.values(original.captures).every(({ packets }) => packets.length === 0)) return undefined;
  return {
    name: 'ipv6',
    original,
    transformed: { ...transformed, words: [...(scenario.words ?? []), ...HOME_NET_SETTINGS] },
    ignored: [
      LITERAL_ADDRESSES,
      IP_VERSION,
      IP_VERSION_MEMBER,
      DECODER_EVENTS,
      CHECKSUMS,
      HEADER_LENGTHS,
      PACKET_BYTES,
    ],
    restore: ({ capture, record }) => ({
      capture,
      record: withoutBytes(
        withAddresses(record, address => originals.get(address) ?? address),
        EXTRA_BYTES,
      ),
    }),
  };
};
export default ipv6;

/** TCP and UDP in IPv4 without options. */
function isPlain({ version, protocol, network, transport }: Layers): boolean {
  return version === 4 && transport === network + 20 && protocol in CHECKSUM_OFFSETS;
}

function asIpv6(packet: Uint8Array, layers: Layers, originals: Map<string, string>): Uint8Array {
  const { network, transport, end, protocol } = layers;
  const addresses = [12, 16].map(at => {
    const ipv4 = packet.subarray(network + at, network + at + 4);
    const mapped = address6(ipv4);
    originals.set(addressText(mapped), addressText(ipv4));
    return mapped;
  });
  const at = CHECKSUM_OFFSETS[protocol]!;
  const unsummed = with16(packet.subarray(transport, end), at, 0);
  const sum = checksum(...addresses, u32(unsummed.length), u32(protocol), unsummed);
  const first = u32(((6 << 28) | (packet[network + 1]! << 20)) >>> 0);
  const hops = packet[network + 8]!;
  return concat(
    first,
    u16(unsummed.length),
    u8(protocol),
    u8(hops),
    ...addresses,
    with16(unsummed, at, sum || 0xffff),
  );
}

function address6(ipv4: Uint8Array): Uint8Array {
  const first = ipv4[0]! >= 224 ? 0xff02 : isPrivate(ipv4) ? 0xfd00 : 0x2001;
  return concat(u16(first), new Uint8Array(10), ipv4);
}
