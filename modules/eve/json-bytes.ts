/**
 * Writes JSON as bytes into one buffer that is reused for each record. Commas are added automatically; keys are
 * created once with `key`. Nothing is allocated unless a record is longer than any before.
 */

import { writeBase64, writeHexByte, writeInteger, writeMac } from './digits.js';
import { writePrintable, writeText } from './json-text.js';

/** A member's name in output form: `"src_ip":`. */
export type Key = Uint8Array;

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** Bytes of a member's name, with quotes and colon. */
export function key(name: string): Key {
  return encoder.encode(`${JSON.stringify(name)}:`);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x7b;
const OPEN_ARRAY = 0x5b;
const SPACE = 0x20;
/** Above this many bytes the built-in copy is faster than a loop. */
const LONG = 48;

export class JsonBytes {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity = 64 << 10) {
    this.bytes = new Uint8Array(capacity);
  }

  reset(): void {
    this.length = 0;
  }

  /** Opens an object, as a member when a key is given. */
  open(name: Key = NOTHING): void {
    this.begin(name, 1);
    this.bytes[this.length++] = OPEN;
  }

  close(): void {
    this.byte(0x7d);
  }

  openArray(name: Key): void {
    this.begin(name, 1);
    this.bytes[this.length++] = OPEN_ARRAY;
  }

  closeArray(): void {
    this.byte(0x5d);
  }

  /** Writes a text with escapes. */
  text(name: Key, value: string): void {
    this.begin(name, value.length * 6 + 2);
    this.length = writeText(this.bytes, this.length, value);
  }

  /** Writes a text whose bytes are known to need no escapes. */
  plain(name: Key, value: Uint8Array): void {
    this.begin(name, value.length + 2);
    this.bytes[this.length++] = QUOTE;
    this.put(value);
    this.bytes[this.length++] = QUOTE;
  }

  integer(name: Key, value: number): void {
    this.begin(name, 24);
    this.length = writeInteger(this.bytes, this.length, value);
  }

  /** Writes any finite number. */
  number(name: Key, value: number): void {
    if (Number.isSafeInteger(value)) this.integer(name, value);
    else this.json(name, encoder.encode(String(Number.isFinite(value) ? value : 0)));
  }

  boolean(name: Key, value: boolean): void {
    this.json(name, value ? TRUE : FALSE);
  }

  /** Writes a value that is already JSON. */
  json(name: Key, value: Uint8Array): void {
    this.begin(name, value.length);
    this.put(value);
  }

  /** Writes members that are already JSON, `bytes[start, end)` without braces; nothing if it is empty. */
  members(bytes: Uint8Array, start: number, end: number): void {
    if (end <= start) return;
    this.begin(NOTHING, end - start);
    this.length = copy(bytes, start, end, this.bytes, this.length);
  }

  /** A text in `bytes[start, end)`, ASCII without escapes, written by `write` at the position passed to it. */
  written(name: Key, room: number, write: (out: Uint8Array, at: number) => number): void {
    this.begin(name, room + 2);
    this.bytes[this.length++] = QUOTE;
    this.length = write(this.bytes, this.length);
    this.bytes[this.length++] = QUOTE;
  }

  base64(name: Key, source: Uint8Array, start: number, end: number): void {
    this.begin(name, (((end - start) / 3) | 0) * 4 + 8);
    this.bytes[this.length++] = QUOTE;
    this.length = writeBase64(this.bytes, this.length, source, start, end);
    this.bytes[this.length++] = QUOTE;
  }

  /** Bytes as text, with a dot for what is neither printable ASCII nor a line end. */
  printable(name: Key, source: Uint8Array, start: number, end: number): void {
    this.begin(name, (end - start) * 2 + 2);
    this.length = writePrintable(this.bytes, this.length, source, start, end);
  }

  /** Six bytes as `00:11:22:aa:bb:cc`. */
  mac(name: Key, source: Uint8Array, offset: number): void {
    this.begin(name, 19);
    this.bytes[this.length++] = QUOTE;
    this.length = writeMac(this.bytes, this.length, source, offset);
    this.bytes[this.length++] = QUOTE;
  }

  /** One byte as two hexadecimal digits in quotes: TCP flags. */
  hex(name: Key, value: number): void {
    this.begin(name, 4);
    this.bytes[this.length++] = QUOTE;
    this.length = writeHexByte(this.bytes, this.length, value & 255);
    this.bytes[this.length++] = QUOTE;
  }

  /** Raw bytes, unchanged and without a comma: prefixes and line ends. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.put(bytes);
  }

  /** One raw byte. */
  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** The output so far, for messages and tests. */
  toString(): string {
    return new TextDecoder().decode(this.bytes.subarray(0, this.length));
  }

  /** Writes a comma if needed, then the name; ensures space for `room` more bytes. */
  private begin(name: Key, room: number): void {
    this.reserve(name.length + room + 1);
    const { bytes } = this;
    let at = this.length;
    if (at > 0) {
      const last = bytes[at - 1]!;
      if (last !== OPEN && last !== OPEN_ARRAY && last !== SPACE) bytes[at++] = COMMA;
    }
    this.length = copy(name, 0, name.length, bytes, at);
  }

  private put(value: Uint8Array): void {
    this.length = copy(value, 0, value.length, this.bytes, this.length);
  }

  private reserve(room: number): void {
    if (this.length + room <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + room));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

const TRUE = encoder.encode('true');
const FALSE = encoder.encode('false');

/** Copies `source[start, end)`. @returns the position after it */
function copy(source: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  if (end - start > LONG) {
    out.set(source.subarray(start, end), at);
    return at + end - start;
  }
  for (let i = start; i < end; i++) out[at++] = source[i]!;
  return at;
}
