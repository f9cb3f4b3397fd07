/** IPv4, IPv6 and its extension headers. */
import {
  address4,
  address6,
  type Bytes,
  bytes,
  checksum,
  concat,
  hex,
  u8,
  u16,
  u32,
  with16,
} from './bytes.js';
import type { Layer } from './layer.js';

export interface Ipv4Fields {
  source?: string;
  destination?: string;
  protocol?: number;
  id?: number;
  ttl?: number;
  tos?: number;
  /** Offset of a fragment in bytes, and the flags. */
  offset?: number;
  moreFragments?: boolean;
  dontFragment?: boolean;
  /** Options; padded to a multiple of 4 with end-of-list. */
  options?: Bytes;
  /** Invalid values on purpose. */
  version?: number;
  headerWords?: number;
  length?: number;
  checksum?: number;
}

export function ipv4(fields: Ipv4Fields = {}): Layer {
  const source = address4(fields.source ?? '10.0.0.1');
  const destination = address4(fields.destination ?? '10.0.0.2');
  return {
    etherType: 0x0800,
    protocol: 4,
    pppProtocol: 0x0021,
    pseudoHeader: (protocol, length) => concat(source, destination, u8(0), u8(protocol), u16(length)),
    build(payload, inner) {
      const options = padded(bytes(fields.options ?? ''));
      const words = 5 + options.length / 4;
      const fragment =
        ((fields.offset ?? 0) >> 3) |
        (fields.moreFragments ? 0x2000 : 0) |
        (fields.dontFragment ? 0x4000 : 0);
      const header = concat(
        u8(((fields.version ?? 4) << 4) | (fields.headerWords ?? words)),
        u8(fields.tos ?? 0),
        u16(fields.length ?? words * 4 + payload.length),
        u16(fields.id ?? 1),
        u16(fragment),
        u8(fields.ttl ?? 64),
        u8(fields.protocol ?? inner?.protocol ?? 253),
        u16(0),
        source,
        destination,
        options,
      );
      return concat(with16(header, 10, fields.checksum ?? checksum(header)), payload);
    },
  };
}

function padded(options: Uint8Array): Uint8Array {
  return concat(options, new Uint8Array((4 - (options.length % 4)) % 4));
}

export interface Ipv6Fields {
  source?: string;
  destination?: string;
  /** Next header. */
  protocol?: number;
  hopLimit?: number;
  trafficClass?: number;
  flowLabel?: number;
  /** Invalid values on purpose. */
  version?: number;
  length?: number;
}

export function ipv6(fields: Ipv6Fields = {}): Layer {
  const source = address6(fields.source ?? '2001:db8::1');
  const destination = address6(fields.destination ?? '2001:db8::2');
  return {
    etherType: 0x86dd,
    protocol: 41,
    pppProtocol: 0x0057,
    pseudoHeader: (protocol, length) => concat(source, destination, u32(length), u32(protocol)),
    build: (payload, inner) =>
      concat(
        u32(
          (((fields.version ?? 6) << 28) | ((fields.trafficClass ?? 0) << 20) | (fields.flowLabel ?? 0)) >>>
            0,
        ),
        u16(fields.length ?? payload.length),
        u8(fields.protocol ?? inner?.protocol ?? 59),
        u8(fields.hopLimit ?? 64),
        source,
        destination,
        payload,
      ),
  };
}

/** A header of the common form: next header, length in 8-byte units beyond the first, content padded with PadN. */
function optionsHeader(protocol: number, content: Uint8Array, next?: number): Layer {
  return {
    protocol,
    build(payload, inner) {
      const length = Math.ceil((2 + content.length) / 8) * 8;
      return concat(
        u8(next ?? inner?.protocol ?? 59),
        u8(length / 8 - 1),
        content,
        pad(length - 2 - content.length),
        payload,
      );
    },
  };
}

function pad(length: number): Uint8Array {
  if (length <= 2) return new Uint8Array(length);
  return concat(u8(1), u8(length - 2), new Uint8Array(length - 2));
}

/** Hop-by-hop options; the default is a router alert. */
export function hopByHop(options: Uint8Array = hex('05020000'), next?: number): Layer {
  return optionsHeader(0, options, next);
}

export function destinationOptions(options: Uint8Array = hex(''), next?: number): Layer {
  return optionsHeader(60, options, next);
}

/** Routing header with the given type and no segments left. */
export function routing(type = 2, next?: number): Layer {
  return optionsHeader(43, concat(u8(type), u8(0), u32(0)), next);
}

export interface FragmentFields {
  id?: number;
  offset?: number;
  moreFragments?: boolean;
  reserved?: number;
  next?: number;
}

export function fragment(fields: FragmentFields = {}): Layer {
  return {
    protocol: 44,
    build: (payload, inner) =>
      concat(
        u8(fields.next ?? inner?.protocol ?? 59),
        u8(fields.reserved ?? 0),
        u16(((fields.offset ?? 0) & ~7) | (fields.moreFragments ? 1 : 0)),
        u32(fields.id ?? 1),
        payload,
      ),
  };
}

/** Authentication header (RFC 4302) with a 12-byte integrity value. */
export function ah({ reserved = 0, next = undefined as number | undefined } = {}): Layer {
  return {
    protocol: 51,
    build: (payload, inner) =>
      concat(
        u8(next ?? inner?.protocol ?? 59),
        u8(4),
        u16(reserved),
        u32(1),
        u32(1),
        new Uint8Array(12),
        payload,
      ),
  };
}

/** Encapsulating security payload (RFC 4303), with opaque content. */
export function esp(spi = 1, sequence = 1): Layer {
  return { protocol: 50, build: payload => concat(u32(spi), u32(sequence), payload) };
}
