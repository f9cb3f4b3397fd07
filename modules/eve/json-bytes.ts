/**
 * Writes JSON as bytes into one buffer that is used again for each record. Commas come by themselves; keys are
 * made once with `key`. Nothing is allocated unless a record is longer than any before.
 */

/** A member's name as it is written: `"src_ip":`. */
export type Key = Uint8Array;

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** Bytes of a member's name, with quotes and colon. */
export function key(name: string): Key {
  return encoder.encode(`${JSON.stringify(name)}:`);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const DOT = 0x2e;
const OPEN = 0x7b;
const OPEN_ARRAY = 0x5b;
const COLON = 0x3a;
const SPACE = 0x20;
const ZERO = 0x30;
/** Above this many bytes the built-in copy is faster than a loop. */
const LONG = 48;
const BASE64 = encoder.encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const HEX = encoder.encode('0123456789abcdef');

/** Letter that follows the backslash for bytes with a short escape; 1 for those written as \u00XX; 0 for the rest. */
const ESCAPES = new Uint8Array(256);
ESCAPES.fill(1, 0, 32);
for (const [char, letter] of [
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['"', '"'],
  ['\\', '\\'],
] as const) {
  ESCAPES[char.charCodeAt(0)] = letter.charCodeAt(0);
}

/** 1 for the bytes that "printable" payloads show as they are. */
const PRINTABLE = new Uint8Array(256);
PRINTABLE.fill(1, 32, 127);
PRINTABLE[10] = 1;
PRINTABLE[13] = 1;

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

  /** A text; it is escaped. */
  text(name: Key, value: string): void {
    this.begin(name, value.length * 6 + 2);
    this.quoted(value);
  }

  /** A text whose bytes need no escape and are known before. */
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

  /** Any finite number. */
  number(name: Key, value: number): void {
    if (Number.isSafeInteger(value)) this.integer(name, value);
    else this.json(name, encoder.encode(String(Number.isFinite(value) ? value : 0)));
  }

  boolean(name: Key, value: boolean): void {
    this.json(name, value ? TRUE : FALSE);
  }

  /** A value that is JSON already. */
  json(name: Key, value: Uint8Array): void {
    this.begin(name, value.length);
    this.put(value);
  }

  /** Members that are JSON already, `bytes[start, end)` without braces; nothing when it is empty. */
  members(bytes: Uint8Array, start: number, end: number): void {
    if (end <= start) return;
    this.begin(NOTHING, end - start);
    this.length = copy(bytes, start, end, this.bytes, this.length);
  }

  /** A text of `bytes[start, end)`, ASCII without anything to escape, written by `write` at a position it gets. */
  written(name: Key, room: number, write: (out: Uint8Array, at: number) => number): void {
    this.begin(name, room + 2);
    this.bytes[this.length++] = QUOTE;
    this.length = write(this.bytes, this.length);
    this.bytes[this.length++] = QUOTE;
  }

  base64(name: Key, source: Uint8Array, start: number, end: number): void {
    this.begin(name, (((end - start) / 3) | 0) * 4 + 8);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = QUOTE;
    let i = start;
    for (; i + 2 < end; i += 3) {
      const group = (source[i]! << 16) | (source[i + 1]! << 8) | source[i + 2]!;
      bytes[at++] = BASE64[group >> 18]!;
      bytes[at++] = BASE64[(group >> 12) & 63]!;
      bytes[at++] = BASE64[(group >> 6) & 63]!;
      bytes[at++] = BASE64[group & 63]!;
    }
    if (i < end) {
      const group = (source[i]! << 16) | (i + 1 < end ? source[i + 1]! << 8 : 0);
      bytes[at++] = BASE64[group >> 18]!;
      bytes[at++] = BASE64[(group >> 12) & 63]!;
      bytes[at++] = i + 1 < end ? BASE64[(group >> 6) & 63]! : 0x3d;
      bytes[at++] = 0x3d;
    }
    bytes[at++] = QUOTE;
    this.length = at;
  }

  /** Bytes as text, with a dot for what is neither printable ASCII nor a line end. */
  printable(name: Key, source: Uint8Array, start: number, end: number): void {
    this.begin(name, (end - start) * 2 + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = QUOTE;
    for (let i = start; i < end; i++) {
      const byte = PRINTABLE[source[i]!] === 1 ? source[i]! : DOT;
      const letter = ESCAPES[byte]!;
      if (letter !== 0) {
        bytes[at++] = BACKSLASH;
        bytes[at++] = letter;
      } else bytes[at++] = byte;
    }
    bytes[at++] = QUOTE;
    this.length = at;
  }

  /** Six bytes as `00:11:22:aa:bb:cc`. */
  mac(name: Key, source: Uint8Array, offset: number): void {
    this.begin(name, 19);
    this.bytes[this.length++] = QUOTE;
    for (let i = 0; i < 6; i++) {
      if (i > 0) this.bytes[this.length++] = COLON;
      this.hexByte(source[offset + i]!);
    }
    this.bytes[this.length++] = QUOTE;
  }

  /** One byte as two hexadecimal digits in quotes: TCP flags. */
  hex(name: Key, value: number): void {
    this.begin(name, 4);
    this.bytes[this.length++] = QUOTE;
    this.hexByte(value & 255);
    this.bytes[this.length++] = QUOTE;
  }

  /** Raw bytes, as they are, without a comma: prefixes and line ends. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.put(bytes);
  }

  /** One raw byte. */
  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** What was written, for messages and tests. */
  toString(): string {
    return new TextDecoder().decode(this.bytes.subarray(0, this.length));
  }

  /** Comma where something stands before, then the name; there is room for `room` more bytes afterwards. */
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

  private hexByte(value: number): void {
    this.bytes[this.length++] = HEX[value >> 4]!;
    this.bytes[this.length++] = HEX[value & 15]!;
  }

  /** ASCII as it is; from the first other character on as UTF-8 (a lone surrogate becomes U+FFFD). */
  private quoted(value: string): void {
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = QUOTE;
    let i = 0;
    for (; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= 0x80) break;
      if (ESCAPES[unit] === 0) bytes[at++] = unit;
      else at = writeEscape(bytes, at, unit);
    }
    if (i < value.length) {
      for (const byte of encoder.encode(value.slice(i))) {
        if (ESCAPES[byte] === 0) bytes[at++] = byte;
        else at = writeEscape(bytes, at, byte);
      }
    }
    bytes[at++] = QUOTE;
    this.length = at;
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

/** Copies `source[start, end)`. @returns the position behind it */
function copy(source: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  if (end - start > LONG) {
    out.set(source.subarray(start, end), at);
    return at + end - start;
  }
  for (let i = start; i < end; i++) out[at++] = source[i]!;
  return at;
}

/** Writes a byte that cannot stand for itself in a text. @returns the position behind it */
function writeEscape(out: Uint8Array, at: number, byte: number): number {
  const letter = ESCAPES[byte]!;
  out[at++] = BACKSLASH;
  if (letter !== 1) {
    out[at++] = letter;
    return at;
  }
  out[at++] = 0x75;
  out[at++] = ZERO;
  out[at++] = ZERO;
  out[at++] = HEX[byte >> 4]!;
  out[at++] = HEX[byte & 15]!;
  return at;
}

/** Writes a safe integer in decimal. @returns the position behind it */
export function writeInteger(out: Uint8Array, at: number, value: number): number {
  if (value < 0) {
    out[at++] = 0x2d;
    value = -value;
  }
  if (value < 10) {
    out[at] = ZERO + value;
    return at + 1;
  }
  let digits = 2;
  for (let limit = 100; limit <= value; limit *= 10) digits++;
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = rest < 0x7fffffff ? (rest / 10) | 0 : Math.floor(rest / 10);
    out[i] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return at + digits;
}
