/** The basic encoding rules of ASN.1 (X.690): elements of definite length, read in sequence. */
export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
export const ENUMERATED = 0x0a;
export const SEQUENCE = 0x30;
export const SET = 0x31;

export interface Element {
  /** Class, form and number, of one byte. */
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Result of reading an element's first bytes; `more` if they are incomplete, undefined if they are invalid. */
export interface ElementHead {
  readonly tag: number;
  /** Length of tag and length in bytes, and of the contents. */
  readonly head: number;
  readonly length: number;
}

/** Maximum bytes of a length: implementations accept as many as a machine word has, including leading zeros. */
const MAX_LENGTH_BYTES = 8;
const MAX_LENGTH = 2 ** 32;

/** Reads the head of the element at `bytes[at]`, with the bytes available up to `end`. */
export function readHead(bytes: Uint8Array, at: number, end: number): ElementHead | 'more' | undefined {
  if (end - at < 2) return 'more';
  const tag = bytes[at]!;
  // Numbers above 30 take more bytes; none of the supported protocols use them.
  if ((tag & 0x1f) === 0x1f) return undefined;
  const first = bytes[at + 1]!;
  if (first < 0x80) return { tag, head: 2, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > MAX_LENGTH_BYTES) return undefined;
  if (end - at < 2 + count) return 'more';
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + bytes[at + 2 + i]!;
  return length < MAX_LENGTH ? { tag, head: 2 + count, length } : undefined;
}

/** Iterates over the elements of a content. Missing or invalid ones yield undefined, never an error. */
export class Elements {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** The tag of the next element; undefined at the end. */
  get tag(): number | undefined {
    return this.bytes[this.at];
  }

  next(): Element | undefined {
    const head = readHead(this.bytes, this.at, this.bytes.length);
    if (head === undefined || head === 'more') return undefined;
    const start = this.at + head.head;
    if (start + head.length > this.bytes.length) return undefined;
    this.at = start + head.length;
    return { tag: head.tag, content: this.bytes.subarray(start, this.at) };
  }

  /** The content of the next element if it has this tag; otherwise it is not consumed. */
  take(tag: number): Uint8Array | undefined {
    return this.tag === tag ? this.next()?.content : undefined;
  }

  /** The elements within the next element if it has this tag. */
  inside(tag: number): Elements | undefined {
    const content = this.take(tag);
    return content && new Elements(content);
  }

  integer(tag = INTEGER): number | undefined {
    const content = this.take(tag);
    return content && integerOf(content);
  }

  /** All further elements, up to `most`. */
  *rest(most = 4096): Generator<Element> {
    for (let count = 0; count < most; count++) {
      const element = this.next();
      if (!element) return;
      yield element;
    }
  }
}

/** Two's complement, if the number is exact; undefined for others. */
export function integerOf(content: Uint8Array): number | undefined {
  if (content.length === 0 || content.length > 6) return undefined;
  let value = content[0]! >= 0x80 ? -1 : 0;
  for (const byte of content) value = value * 256 + byte;
  return value;
}
