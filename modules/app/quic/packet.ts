/** Headers of QUIC packets (RFC 9000 17, RFC 9369 3.2), and of Google's earlier versions. */
import { uint32 } from '../../../engine/packet/network-order.js';

export type PacketType = 'initial' | '0-rtt' | 'handshake' | 'retry' | 'negotiation' | 'google' | 'unknown';

export interface LongHeader {
  readonly type: PacketType;
  readonly version: number;
  readonly destination: Uint8Array;
  /** Offsets in `bytes`: the packet, its packet number (protected), and its end. */
  readonly start: number;
  readonly number: number;
  readonly end: number;
}

export const VERSION_1 = 1;
export const VERSION_2 = 0x6b3343cf;
const LONG = 0x80;
const MAX_ID_LENGTH = 20;
const TYPES: readonly PacketType[] = ['initial', '0-rtt', 'handshake', 'retry'];

/** `Q043` and similar versions. */
export function isGoogle(version: number): boolean {
  return version >>> 16 === 0x5130;
}

/** A draft (0xff0000NN) or an experiment by Facebook (0xfaceb0NN). */
function isDraft(version: number): boolean {
  return version >>> 8 === 0xff0000 || version >>> 8 === 0xfaceb0;
}

export function isKnown(version: number): boolean {
  return version === VERSION_1 || version === VERSION_2 || isDraft(version) || isGoogle(version);
}

/**
 * The version in the first packet of a datagram.
 * @returns undefined if there is none: the packet has a short header
 */
export function versionOf(bytes: Uint8Array, start: number, end: number): number | undefined {
  const first = bytes[start]!;
  if (first & LONG) return end - start >= 7 ? uint32(bytes, start + 1) : undefined;
  // The public header of Google's versions to Q043: version flag, and a connection identifier of eight bytes.
  if ((first & 0x09) !== 0x09 || end - start < 14) return undefined;
  const version = uint32(bytes, start + 9);
  return isGoogle(version) ? version : undefined;
}

/** A variable-length integer (RFC 9000 16). */
export class Numbers {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  /** @returns -1 if it is incomplete, or larger than any packet */
  next(): number {
    if (this.at >= this.end) return -1;
    const size = 1 << (this.bytes[this.at]! >> 6);
    if (this.left < size) return -1;
    let value = this.bytes[this.at]! & 0x3f;
    for (let i = 1; i < size; i++) value = value * 256 + this.bytes[this.at + i]!;
    this.at += size;
    return value;
  }
}

/** Parses a long header at `start`. @returns undefined if it is not one, or truncated */
export function readLongHeader(bytes: Uint8Array, start: number, end: number): LongHeader | undefined {
  if (end - start < 7 || !(bytes[start]! & LONG)) return undefined;
  const version = uint32(bytes, start + 1);
  if (isGoogle(version)) return googleHeader(bytes, start, end, version);
  const length = bytes[start + 5]!;
  const source = start + 6 + length;
  if (length > MAX_ID_LENGTH || source >= end || bytes[source]! > MAX_ID_LENGTH) return undefined;
  const at = source + 1 + bytes[source]!;
  if (at > end) return undefined;
  const destination = bytes.subarray(start + 6, source);
  const type = typeOf(bytes[start]!, version);
  if (type === 'retry' || type === 'negotiation' || type === 'unknown')
    return { type, version, destination, start, number: at, end };
  return withLength(type, version, destination, start, new Numbers(bytes, at, end));
}

function typeOf(first: number, version: number): PacketType {
  if (version === 0) return 'negotiation';
  if (!isKnown(version)) return 'unknown';
  const bits = (first >> 4) & 3;
  return TYPES[version === VERSION_2 ? (bits + 3) & 3 : bits]!;
}

function withLength(
  type: PacketType,
  version: number,
  destination: Uint8Array,
  start: number,
  numbers: Numbers,
): LongHeader | undefined {
  if (type === 'initial') {
    const token = numbers.next();
    if (token < 0 || token > numbers.left) return undefined;
    numbers.at += token;
  }
  const length = numbers.next();
  if (length < 0 || length > numbers.left) return undefined;
  return { type, version, destination, start, number: numbers.at, end: numbers.at + length };
}

/** Q044 to Q050: the lengths of both identifiers share a byte, four bits each. */
function googleHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: number,
): LongHeader | undefined {
  const lengths = bytes[start + 5]!;
  const destination = start + 6 + idLength(lengths >> 4);
  const number = destination + idLength(lengths & 15);
  if (number > end) return undefined;
  return { type: 'google', version, destination: bytes.subarray(start + 6, destination), start, number, end };
}

function idLength(bits: number): number {
  return bits === 0 ? 0 : bits + 3;
}
