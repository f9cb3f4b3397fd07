/**
 * Replies to a rejected packet, built into a buffer from its headers: a TCP reset to either side, or an ICMP
 * "administratively prohibited" to its sender. They begin with the IP header.
 */

import type { Memory } from '../../engine/memory.js';
import { checksum, transportChecksum } from '../../engine/packet/checksum.js';
import * as Packet from '../../engine/packet.js';

const TCP = 6;
const ICMPV4 = 1;
const ICMPV6 = 58;
const SYN = 2;
const FIN = 1;
const ACK = 16;
const RST_ACK = 4 | ACK;
const HOP_LIMIT = 64;
/** RFC 1812 4.3.2.3 asks for as much of the packet as fits 576 bytes; RFC 4443 2.4 allows 1280. */
const QUOTED_V4 = 576 - 28;
const QUOTED_V6 = 1280 - 48;

export class ReplyBuilder {
  readonly bytes = new Uint8Array(1500);
  private readonly view = new DataView(this.bytes.buffer);

  /** @param inline a rejected packet is dropped; in IDS mode its receiver gets it */
  constructor(
    private readonly memory: Memory,
    private readonly inline: boolean,
  ) {}

  /**
   * A reset to the sender of the packet (`toSource`), or to its receiver in the sender's name. Its sequence number is
   * the one the receiver of the reset expects next, so that it is accepted under RFC 5961 too.
   * @returns length of the reply in `bytes`
   */
  reset(p: number, toSource: boolean): number {
    const { row } = this.memory;
    const seq = row[p + Packet.TCP_SEQ]!;
    const ack = row[p + Packet.TCP_ACK]!;
    const flags = row[p + Packet.TCP_FLAGS]!;
    const taken =
      seq + row[p + Packet.PAYLOAD_LENGTH]! + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0);
    const at = this.ipHeader(p, TCP, 20, toSource);
    const [from, to] = toSource
      ? [Packet.DESTINATION_PORT, Packet.SOURCE_PORT]
      : [Packet.SOURCE_PORT, Packet.DESTINATION_PORT];
    this.view.setUint16(at, row[p + from]!);
    this.view.setUint16(at + 2, row[p + to]!);
    // A packet without ACK has no number of the other side: RFC 9293 3.5.2 then uses 0.
    const acks = (flags & ACK) !== 0;
    this.view.setUint32(at + 4, toSource ? (acks ? ack : 0) : this.inline ? seq : taken);
    this.view.setUint32(at + 8, toSource ? taken : acks ? ack : 0);
    this.view.setUint16(at + 12, (5 << 12) | RST_ACK);
    this.view.setUint16(at + 14, 0);
    this.view.setUint32(at + 16, 0);
    this.view.setUint16(at + 16, this.transportSum(p, TCP, at, 20));
    return at + 20;
  }

  /** Reports to the sender that communication is administratively prohibited (ICMP 3/13, ICMPv6 1/1). */
  unreachable(p: number): number {
    const { row, bytes } = this.memory;
    const v6 = row[p + Packet.IP_VERSION] === 6;
    const l3 = row[p + Packet.L3]!;
    const there = row[p + Packet.DATA]! + row[p + Packet.LENGTH]! - l3;
    const quoted = Math.max(0, Math.min(there, v6 ? QUOTED_V6 : QUOTED_V4));
    const at = this.ipHeader(p, v6 ? ICMPV6 : ICMPV4, 8 + quoted, true);
    this.view.setUint16(at, v6 ? 0x0101 : 0x030d);
    this.view.setUint16(at + 2, 0);
    this.view.setUint32(at + 4, 0);
    this.bytes.set(bytes.subarray(l3, l3 + quoted), at + 8);
    this.view.setUint16(
      at + 2,
      v6 ? this.transportSum(p, ICMPV6, at, 8 + quoted) : checksum(this.bytes, at, 8 + quoted),
    );
    return at + 8 + quoted;
  }

  /** Writes the IP header. @returns offset of the data after it */
  private ipHeader(p: number, protocol: number, payload: number, toSource: boolean): number {
    const { row, bytes } = this.memory;
    const l3 = row[p + Packet.L3]!;
    const v6 = row[p + Packet.IP_VERSION] === 6;
    const size = v6 ? 16 : 4;
    const source = l3 + (v6 ? 8 : 12);
    const [from, to] = toSource ? [source + size, source] : [source, source + size];
    const header = v6 ? this.headerV6(protocol, payload) : this.headerV4(protocol, payload);
    const addresses = v6 ? 8 : 12;
    this.bytes.set(bytes.subarray(from, from + size), addresses);
    this.bytes.set(bytes.subarray(to, to + size), addresses + size);
    if (!v6) this.view.setUint16(10, checksum(this.bytes, 0, header));
    return header;
  }

  private headerV4(protocol: number, payload: number): number {
    this.bytes.fill(0, 0, 20);
    this.view.setUint8(0, 0x45);
    this.view.setUint16(2, 20 + payload);
    // Don't fragment: an atomic datagram needs no identification (RFC 6864).
    this.view.setUint16(6, 0x4000);
    this.view.setUint8(8, HOP_LIMIT);
    this.view.setUint8(9, protocol);
    return 20;
  }

  private headerV6(protocol: number, payload: number): number {
    this.bytes.fill(0, 0, 40);
    this.view.setUint8(0, 0x60);
    this.view.setUint16(4, payload);
    this.view.setUint8(6, protocol);
    this.view.setUint8(7, HOP_LIMIT);
    return 40;
  }

  private transportSum(p: number, protocol: number, at: number, length: number): number {
    const v6 = this.memory.row[p + Packet.IP_VERSION] === 6;
    return transportChecksum(this.bytes, v6 ? 8 : 12, v6 ? 32 : 8, protocol, at, length);
  }
}
