/** DER elements (X.690): a tag, a length and contents, read in place. */

export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const BMP_STRING = 0x1e;
export const SEQUENCE = 0x30;
export const SET = 0x31;

export interface Element {
  readonly tag: number;
  /** Contents: `bytes[start, end)`. */
  readonly start: number;
  readonly end: number;
}

/** Walks the consecutive elements of `bytes[at, end)`. */
export class DerReader {
  constructor(
    readonly bytes: Uint8Array,
    private at = 0,
    private readonly end = bytes.length,
  ) {}

  get done(): boolean {
    return this.at >= this.end;
  }

  /** Tag of the next element, -1 at the end. */
  get tag(): number {
    return this.done ? -1 : this.bytes[this.at]!;
  }

  /** The next element; undefined if it is incomplete, or its tag or length is not valid DER. */
  next(): Element | undefined {
    const { bytes, end } = this;
    if (this.at + 2 > end) return undefined;
    const tag = bytes[this.at]!;
    let length = bytes[this.at + 1]!;
    let start = this.at + 2;
    if ((tag & 0x1f) === 0x1f || length === 0x80) return undefined;
    if (length > 0x80) {
      let digits = length & 0x7f;
      if (digits > 4 || start + digits > end) return undefined;
      for (length = 0; digits > 0; digits--) length = length * 256 + bytes[start++]!;
    }
    if (start + length > end) return undefined;
    this.at = start + length;
    return { tag, start, end: start + length };
  }

  /** The next element, if it has this tag. */
  expect(tag: number): Element | undefined {
    return this.tag === tag ? this.next() : undefined;
  }

  inside({ start, end }: Element): DerReader {
    return new DerReader(this.bytes, start, end);
  }

  contents({ start, end }: Element): Uint8Array {
    return this.bytes.subarray(start, end);
  }
}
