/** Iterates over ASN.1 elements in basic encoding (X.690), as far as they can be parsed. */

export interface Asn1Problems {
  /** A bit string with more unused bits than it has. */
  readonly bitString: boolean;
  /** A real number in decimal text that is longer than the buffers of parsers. */
  readonly double: boolean;
  /** An element longer than this, in bytes. */
  readonly oversize?: number | undefined;
}

/** Maximum number of elements inspected. */
const MAX_ELEMENTS = 256;
/** Maximum length of a real number in decimal text. */
const MAX_REAL_LENGTH = 256;

const BIT_STRING = 3;
const REAL = 9;

/** @returns whether an element of `bytes[start, end)` has one of the problems */
export function hasAsn1Problem(
  bytes: Uint8Array,
  start: number,
  end: number,
  problems: Asn1Problems,
): boolean {
  const reader = new Reader(bytes, start, end);
  for (let i = 0; i < MAX_ELEMENTS && reader.next(); i++) {
    if (problems.oversize !== undefined && reader.length > problems.oversize) return true;
    if (problems.bitString && overflowsBits(reader, bytes)) return true;
    if (problems.double && overflowsReal(reader, bytes)) return true;
    if (reader.constructed) reader.enter();
    else reader.skip();
  }
  return false;
}

/** X.690 section 8.6.2: the first byte is the number of unused bits in the last one. */
function overflowsBits({ universal, tag, constructed, length, content, end }: Reader, bytes: Uint8Array) {
  if (!universal || tag !== BIT_STRING || constructed || length === 0 || content >= end) return false;
  return bytes[content]! > (length - 1) * 8;
}

/** X.690 section 8.5.8: the two highest bits of the first byte are not set in decimal text. */
function overflowsReal({ universal, tag, constructed, length, content, end }: Reader, bytes: Uint8Array) {
  if (!universal || tag !== REAL || constructed || content >= end) return false;
  return (bytes[content]! & 0xc0) === 0 && length > MAX_REAL_LENGTH;
}

class Reader {
  tag = 0;
  universal = false;
  constructed = false;
  /** Length according to the element, and offset of its content. */
  length = 0;
  content = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    readonly end: number,
  ) {}

  /** Reads the header of the next element. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const first = this.bytes[this.at++]!;
    this.universal = first >>> 6 === 0;
    this.constructed = (first & 0x20) !== 0;
    this.tag = first & 0x1f;
    return (this.tag !== 0x1f || this.longTag()) && this.readLength();
  }

  /** Descends into the current element. */
  enter(): void {
    this.at = this.content;
  }

  skip(): void {
    this.at = this.content + this.length;
  }

  private longTag(): boolean {
    for (this.tag = 0; this.at < this.end; ) {
      const byte = this.bytes[this.at++]!;
      this.tag = (this.tag * 128 + (byte & 0x7f)) % 2 ** 32;
      if (byte < 0x80) return true;
    }
    return false;
  }

  private readLength(): boolean {
    if (this.at >= this.end) return false;
    const first = this.bytes[this.at++]!;
    this.length = first < 0x80 ? first : 0;
    const further = first < 0x80 ? 0 : first & 0x7f;
    if (further > 4 || this.at + further > this.end) return false;
    for (let i = 0; i < further; i++) this.length = this.length * 256 + this.bytes[this.at++]!;
    this.content = this.at;
    return true;
  }
}
