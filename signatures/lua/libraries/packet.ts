/** suricata.packet: the current packet. */
import { fullAddressText } from '../../../engine/address.js';
import type { LuaArray } from '../../../engine/lua.js';
import * as Packet from '../../../engine/packet.js';
import type { Inspection } from '../../inspection.js';
import { inspected, type LibraryMaker, objectLibrary } from '../context.js';
import { isoTime, lineTime } from '../times.js';

const ICMP = 1;
const ICMP6 = 58;
/** TCP, UDP, SCTP. */
const WITH_PORTS = new Set([6, 17, 132]);

function field({ memory, p }: Inspection, number: number): number {
  return memory.row[p + number]!;
}

/** IP version, source and destination, protocol, and ports or ICMP type and code. */
function tuple(at: Inspection): LuaArray {
  const version = field(at, Packet.IP_VERSION);
  if (version !== 4 && version !== 6) return [undefined, 'no IP packet'];
  const { bytes } = at.memory;
  const protocol = field(at, Packet.PROTOCOL);
  const source = field(at, Packet.L3) + (version === 4 ? 12 : 8);
  const addresses = [source, source + (version === 4 ? 4 : 16)].map(o => fullAddressText(bytes, o, version));
  const isIcmp = protocol === ICMP || protocol === ICMP6;
  const icmp = field(at, Packet.L4);
  const last = isIcmp
    ? [bytes[icmp]!, bytes[icmp + 1]!]
    : [field(at, Packet.SOURCE_PORT), field(at, Packet.DESTINATION_PORT)];
  return [version, ...addresses, protocol, ...last];
}

function port(at: Inspection, name: string, number: number): LuaArray {
  return WITH_PORTS.has(field(at, Packet.PROTOCOL))
    ? [field(at, number)]
    : [undefined, `${name} only available for tcp, udp and sctp`];
}

function bytesOf(at: Inspection, start: number, length: number): Uint8Array {
  const from = field(at, start);
  return at.memory.bytes.subarray(from, from + field(at, length));
}

/** The packet's payload bytes. */
export function payloadOf(at: Inspection): Uint8Array {
  return bytesOf(at, Packet.PAYLOAD, Packet.PAYLOAD_LENGTH);
}

/** The packet as captured. */
export function packetOf(at: Inspection): Uint8Array {
  return bytesOf(at, Packet.DATA, Packet.LENGTH);
}

export const packetLibrary: LibraryMaker = context => {
  const at = () => inspected(context);
  const seconds = () => Packet.secondsOf(at().memory.row, at().p);
  const nanoseconds = () => field(at(), Packet.NANOSECONDS);
  const missing = () => (context.at ? undefined : 'no packet');
  return objectLibrary('suricata.packet', 'get', missing, {
    timestamp: () => [seconds(), Math.trunc(nanoseconds() / 1000)],
    timestring_legacy: () => [lineTime(seconds(), nanoseconds())],
    timestring_iso8601: () => [isoTime(seconds(), nanoseconds())],
    tuple: () => tuple(at()),
    sp: () => port(at(), 'sp', Packet.SOURCE_PORT),
    dp: () => port(at(), 'dp', Packet.DESTINATION_PORT),
    payload: () => [payloadOf(at())],
    packet: () => [packetOf(at())],
    pcap_cnt: () => [Packet.numberOf(at().memory.row, at().p)],
  });
};
