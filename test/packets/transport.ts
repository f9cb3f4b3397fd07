/** TCP, UDP, SCTP, ICMP and IGMP. */
import { type Bytes, bytes, checksum, concat, u8, u16, u32, with16 } from './bytes.js';
import type { Layer } from './layer.js';

const FLAGS = 'FSRPAUEC';

/** `SA` as the TCP flag byte; letters F S R P A U E C. */
export function tcpFlags(letters: string): number {
  return [...letters].reduce((flags, letter) => flags | (1 << FLAGS.indexOf(letter)), 0);
}

export interface TcpFields {
  sport?: number;
  dport?: number;
  seq?: number;
  ack?: number;
  /** Letters F S R P A U E C. */
  flags?: string;
  window?: number;
  urgent?: number;
  /** Options; padded to a multiple of 4 with end-of-list. */
  options?: Bytes;
  headerWords?: number;
  checksum?: number;
}

export function tcp(fields: TcpFields = {}): Layer {
  return {
    protocol: 6,
    build(payload, _inner, outer) {
      const given = bytes(fields.options ?? '');
      const options = concat(given, new Uint8Array((4 - (given.length % 4)) % 4));
      const header = concat(
        u16(fields.sport ?? 40000),
        u16(fields.dport ?? 80),
        u32((fields.seq ?? 1) >>> 0),
        u32((fields.ack ?? 0) >>> 0),
        u8((fields.headerWords ?? 5 + options.length / 4) << 4),
        u8(tcpFlags(fields.flags ?? 'A')),
        u16(fields.window ?? 65535),
        u16(0),
        u16(fields.urgent ?? 0),
        options,
      );
      return summed(concat(header, payload), 16, 6, outer, fields.checksum);
    },
  };
}

export interface UdpFields {
  sport?: number;
  dport?: number;
  length?: number;
  checksum?: number;
}

export function udp(fields: UdpFields = {}): Layer {
  return {
    protocol: 17,
    build(payload, _inner, outer) {
      const length = fields.length ?? 8 + payload.length;
      const header = concat(u16(fields.sport ?? 40000), u16(fields.dport ?? 53), u16(length), u16(0));
      return summed(concat(header, payload), 6, 17, outer, fields.checksum);
    },
  };
}

export interface SctpFields {
  sport?: number;
  dport?: number;
  verificationTag?: number;
}

/** SCTP common header; its checksum (CRC32c) is left zero. */
export function sctp(fields: SctpFields = {}): Layer {
  return {
    protocol: 132,
    build: payload =>
      concat(
        u16(fields.sport ?? 40000),
        u16(fields.dport ?? 5000),
        u32(fields.verificationTag ?? 1),
        u32(0),
        payload,
      ),
  };
}

/** One SCTP chunk; padded to a multiple of 4. */
export function sctpChunk(type: number, value: Bytes, flags = 0): Uint8Array {
  const body = bytes(value);
  return concat(u8(type), u8(flags), u16(4 + body.length), body, new Uint8Array((4 - (body.length % 4)) % 4));
}

export interface IcmpFields {
  type?: number;
  code?: number;
  /** The four bytes behind the checksum: id and sequence number of an echo, MTU, etc. */
  rest?: number;
  checksum?: number;
}

/** ICMPv4; an echo request by default. */
export function icmp(fields: IcmpFields = {}): Layer {
  return {
    protocol: 1,
    build(payload) {
      const message = concat(
        u8(fields.type ?? 8),
        u8(fields.code ?? 0),
        u16(0),
        u32(fields.rest ?? 0x00010001),
        payload,
      );
      return with16(message, 2, fields.checksum ?? checksum(message));
    },
  };
}

/** ICMPv6; an echo request by default. */
export function icmpv6(fields: IcmpFields = {}): Layer {
  return {
    protocol: 58,
    build(payload, _inner, outer) {
      const header = concat(
        u8(fields.type ?? 128),
        u8(fields.code ?? 0),
        u16(0),
        u32(fields.rest ?? 0x00010001),
      );
      return summed(concat(header, payload), 2, 58, outer, fields.checksum);
    },
  };
}

/** IGMP; a version 2 membership report by default. */
export function igmp({ type = 0x16, code = 0 } = {}): Layer {
  return {
    protocol: 2,
    build(payload) {
      const message = concat(u8(type), u8(code), u16(0), u32(0xe0000105), payload);
      return with16(message, 2, checksum(message));
    },
  };
}

function summed(
  segment: Uint8Array,
  at: number,
  protocol: number,
  outer: Layer | undefined,
  given: number | undefined,
): Uint8Array {
  const pseudo = outer?.pseudoHeader?.(protocol, segment.length) ?? new Uint8Array(0);
  const sum = given ?? checksum(pseudo, segment);
  // A UDP checksum of zero means "none" (RFC 768).
  return with16(segment, at, protocol === 17 && given === undefined && sum === 0 ? 0xffff : sum);
}
