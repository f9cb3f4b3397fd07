/** Header fields of the current fragment. One object, reused for each. */
import { mix } from '../../../engine/memory/mix.js';
import * as Packet from '../../../engine/packet.js';
import type { Decoding } from '../decoding.js';
import type { TrackerKey } from './tracker-table.js';

const MORE_FRAGMENTS_4 = 0x2000;
const FRAGMENT_HEADER = 8;
/** Longest IP packet, and longest payload of an IPv6 packet. */
export const MAX_PAYLOAD = 65535;

export class CurrentFragment {
  /** Index of its row. */
  p = 0;
  /** Offset of its bytes; they cover [start, end) of the datagram. */
  dataAt = 0;
  start = 0;
  end = 0;
  /** It is not the last one. */
  more = false;
  tooLarge = false;
  /** ECN codepoint. */
  ecn = 0;
  /** Offset of the destination address. */
  destination = 0;
  /** End of the unfragmented part, and the byte there that names its protocol, which is `protocol`. */
  headerEnd = 0;
  namedAt = 0;
  protocol = 0;
  readonly key: TrackerKey;

  constructor(private readonly d: Decoding) {
    this.key = {
      hash: 0,
      version: 0,
      id: 0,
      protocol: 0,
      vlans: 0,
      vlan2: 0,
      recursion: 0,
      bytes: d.bytes,
      addresses: 0,
    };
  }

  /** IPv4 header at `at`; [headerEnd, packetEnd) is its part of the datagram. */
  readIpv4(p: number, at: number, headerEnd: number, packetEnd: number): void {
    const { d } = this;
    const word = d.u16(at + 6);
    this.p = p;
    this.dataAt = headerEnd;
    this.start = (word & 0x1fff) * 8;
    this.end = this.start + packetEnd - headerEnd;
    this.more = (word & MORE_FRAGMENTS_4) !== 0;
    this.tooLarge = headerEnd - at + this.end > MAX_PAYLOAD;
    this.ecn = d.bytes[at + 1]! & 3;
    this.destination = at + 16;
    this.headerEnd = headerEnd;
    this.namedAt = at + 9;
    this.protocol = d.bytes[at + 9]!;
    this.fillKey(4, at + 12, d.u16(at + 4), this.protocol);
  }

  /** Fragment header at `at`, named by the byte at `namedAt`; the packet ends at `packetEnd`. */
  readIpv6(p: number, namedAt: number, at: number, packetEnd: number): void {
    const { d } = this;
    const l3 = d.row[p + Packet.L3]!;
    const word = d.u16(at + 2);
    this.p = p;
    this.dataAt = at + FRAGMENT_HEADER;
    this.start = word & 0xfff8;
    this.end = this.start + packetEnd - this.dataAt;
    this.more = (word & 1) !== 0;
    this.tooLarge = this.end > MAX_PAYLOAD;
    this.ecn = (d.bytes[l3 + 1]! >> 4) & 3;
    this.destination = l3 + 24;
    this.headerEnd = at;
    this.namedAt = namedAt;
    this.protocol = d.bytes[at]!;
    // IPv6 datagrams are not distinguished by protocol (RFC 8200 section 4.5).
    this.fillKey(6, l3 + 8, d.i32(at + 4), 0);
  }

  private fillKey(version: number, addresses: number, id: number, protocol: number): void {
    const { key, d, p } = this;
    const { row } = d;
    key.version = version;
    key.id = id;
    key.protocol = protocol;
    key.addresses = addresses;
    key.recursion = row[p + Packet.RECURSION]!;
    key.vlans = d.vlanTracking ? (row[p + Packet.VLAN_ID_0]! << 16) | row[p + Packet.VLAN_ID_1]! : 0;
    key.vlan2 = d.vlanTracking ? row[p + Packet.VLAN_ID_2]! : 0;
    let hash = mix(mix(d.seed, id), (key.recursion << 8) | protocol);
    const bytes = version === 4 ? 8 : 32;
    for (let i = 0; i < bytes; i += 4) hash = mix(hash, d.i32(addresses + i));
    key.hash = mix(mix(hash, key.vlan2), key.vlans);
  }
}
