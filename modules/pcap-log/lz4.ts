/** LZ4 frames (the frame format 1.6 and the block format of LZ4): independent blocks of at most 64 KiB. */
import { Xxh32 } from './xxh32.js';

const MAGIC = 0x184d2204;
/** Version 1, independent blocks; plus the bit for a content checksum. */
const FLAGS = 0x60;
const CONTENT_CHECKSUM = 0x04;
/** Blocks of 64 KiB. */
const BLOCK_DESCRIPTOR = 4 << 4;
const BLOCK = 64 << 10;
/** The block is stored uncompressed. */
const STORED = 0x8000_0000;

const MIN_MATCH = 4;
/** Bytes at the end of a block that no match may cover, and the distance before it where the last match may start. */
const LAST_LITERALS = 5;
const MATCH_LIMIT = 12;
const HASH_BITS = 13;

export class Lz4Frame {
  private readonly content = new Xxh32();
  private readonly table = new Int32Array(1 << HASH_BITS);
  private readonly compressed = new Uint8Array(BLOCK + 1024);

  /** @param checksum of the content, at the end of the frame */
  constructor(private readonly checksum: boolean) {}

  header(): Uint8Array {
    const bytes = new Uint8Array(7);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MAGIC, true);
    bytes[4] = FLAGS | (this.checksum ? CONTENT_CHECKSUM : 0);
    bytes[5] = BLOCK_DESCRIPTOR;
    const digest = new Xxh32();
    digest.update(bytes.subarray(4, 6));
    bytes[6] = (digest.value() >>> 8) & 255;
    return bytes;
  }

  /** The blocks for the next bytes of the content. */
  blocks(bytes: Uint8Array): Uint8Array {
    if (this.checksum) this.content.update(bytes);
    const parts: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; start += BLOCK)
      parts.push(...this.block(bytes.subarray(start, start + BLOCK)));
    return Buffer.concat(parts);
  }

  /** The end mark of the frame. */
  end(): Uint8Array {
    const bytes = new Uint8Array(this.checksum ? 8 : 4);
    if (this.checksum) new DataView(bytes.buffer).setUint32(4, this.content.value(), true);
    return bytes;
  }

  private block(bytes: Uint8Array): [Uint8Array, Uint8Array] {
    const length = this.compress(bytes);
    const size = new Uint8Array(4);
    const stored = length < 0;
    new DataView(size.buffer).setUint32(0, stored ? (STORED | bytes.length) >>> 0 : length, true);
    return [size, stored ? bytes : this.compressed.slice(0, length)];
  }

  /** @returns bytes of `compressed`, negative if that would not be shorter */
  private compress(source: Uint8Array): number {
    const { table } = this;
    table.fill(-1);
    const out = new SequenceWriter(this.compressed, source);
    let anchor = 0;
    let at = 0;
    while (at < source.length - MATCH_LIMIT) {
      const hash = hashAt(source, at);
      const candidate = table[hash]!;
      table[hash] = at;
      if (candidate < 0 || !sameFour(source, candidate, at)) {
        at++;
        continue;
      }
      let length = MIN_MATCH;
      const most = source.length - LAST_LITERALS - at;
      while (length < most && source[candidate + length] === source[at + length]) length++;
      out.sequence(anchor, at, at - candidate, length);
      at += length;
      anchor = at;
      if (out.length >= source.length) return -1;
    }
    out.literals(anchor, source.length, 0);
    return out.length < source.length ? out.length : -1;
  }
}

class SequenceWriter {
  length = 0;

  constructor(
    private readonly out: Uint8Array,
    private readonly source: Uint8Array,
  ) {}

  /** Literals `[start, end)`, then a match. */
  sequence(start: number, end: number, offset: number, match: number): void {
    const extra = match - MIN_MATCH;
    this.literals(start, end, Math.min(extra, 15));
    this.out[this.length++] = offset & 255;
    this.out[this.length++] = offset >>> 8;
    if (extra >= 15) this.more(extra - 15);
  }

  /** @param low lower half of the token */
  literals(start: number, end: number, low: number): void {
    const count = end - start;
    this.out[this.length++] = (Math.min(count, 15) << 4) | low;
    if (count >= 15) this.more(count - 15);
    // Output that does not fit is not shorter than its source and is discarded.
    if (this.length + count <= this.out.length) this.out.set(this.source.subarray(start, end), this.length);
    this.length += count;
  }

  private more(rest: number): void {
    let left = rest;
    for (; left >= 255; left -= 255) this.out[this.length++] = 255;
    this.out[this.length++] = left;
  }
}

function hashAt(bytes: Uint8Array, at: number): number {
  const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return Math.imul(four, 0x9e3779b1) >>> (32 - HASH_BITS);
}

function sameFour(bytes: Uint8Array, a: number, b: number): boolean {
  return (
    bytes[a] === bytes[b] &&
    bytes[a + 1] === bytes[b + 1] &&
    bytes[a + 2] === bytes[b + 2] &&
    bytes[a + 3] === bytes[b + 3]
  );
}
