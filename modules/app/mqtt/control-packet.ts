/** Types of control packets, their first byte and their length (MQTT 5.0 2.1, 1.5.5). */
export const CONNECT = 1;
export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBREL = 6;
export const PUBCOMP = 7;
export const SUBSCRIBE = 8;
export const SUBACK = 9;
export const UNSUBSCRIBE = 10;
export const UNSUBACK = 11;
export const PINGREQ = 12;
export const PINGRESP = 13;
export const DISCONNECT = 14;
export const AUTH = 15;

/** Names of types, by number. */
export const TYPE_NAMES = [
  'UNASSIGNED',
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
] as const;

export interface PacketHeader {
  readonly type: number;
  readonly dup: boolean;
  readonly qos: number;
  readonly retain: boolean;
  /** Length of the header in bytes, and of the rest. */
  readonly head: number;
  readonly length: number;
}

const MAX_HEADER_LENGTH = 5;

/** @returns `more` if it is incomplete, undefined if its length is invalid */
export function parseHeader(bytes: Uint8Array, at: number, end: number): PacketHeader | 'more' | undefined {
  let length = 0;
  for (let i = 1; i < MAX_HEADER_LENGTH; i++) {
    if (at + i >= end) return 'more';
    const byte = bytes[at + i]!;
    length += (byte & 0x7f) * 128 ** (i - 1);
    if (byte >= 0x80) continue;
    const first = bytes[at]!;
    const [dup, retain] = [(first & 8) !== 0, (first & 1) !== 0];
    return { type: first >> 4, dup, qos: (first >> 1) & 3, retain, head: i + 1, length };
  }
  return undefined;
}

/** Reads fields in sequence. Missing input is recorded, never an error. */
export class Fields {
  /** A field was missing. */
  broken = false;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(length: number): Uint8Array {
    if (length > this.left) this.broken = true;
    const from = this.at;
    this.at = Math.min(this.bytes.length, from + length);
    return this.bytes.subarray(from, this.at);
  }

  number(length: 1 | 2 | 4): number {
    let value = 0;
    for (const byte of this.take(length)) value = value * 256 + byte;
    return value;
  }

  /** Text or binary data after its length. */
  text(): Uint8Array {
    return this.take(this.number(2));
  }

  /** A variable byte integer: up to four bytes of seven bits. */
  variable(): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.number(1);
      value += (byte & 0x7f) * 128 ** i;
      if (byte < 0x80) return value;
    }
    this.broken = true;
    return value;
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }
}
