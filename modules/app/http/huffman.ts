/** A canonical Huffman code (RFC 1951 3.2.2): short codes by table, long ones by search. */
const MAX_CODE_LENGTH = 15;
const FAST = 9;

export class Huffman {
  /** All codes of all lengths are in use. */
  readonly complete: boolean;
  /** Complete, or incomplete in the way DEFLATE allows: at most one code, of one bit. */
  readonly usable: boolean;
  private readonly counts = new Uint16Array(MAX_CODE_LENGTH + 1);
  private readonly symbols: Uint16Array;
  /** Indexed by the next bits: symbol times 16 plus length, or 0. */
  private readonly fast = new Uint16Array(1 << FAST);

  /** @param lengths of the codes of symbols 0, 1, … in `[start, end)`; 0: unused */
  constructor(lengths: Uint8Array, start: number, end: number) {
    const { counts } = this;
    for (let i = start; i < end; i++) counts[lengths[i]!]!++;
    const used = end - start - counts[0]!;
    counts[0] = 0;
    let left = 1;
    for (let length = 1; length <= MAX_CODE_LENGTH && left >= 0; length++) left = left * 2 - counts[length]!;
    this.complete = left === 0;
    this.usable = left === 0 || (left > 0 && used <= 1 && counts[1] === used);
    this.symbols = new Uint16Array(used);
    if (left >= 0) this.fill(lengths, start, end);
  }

  private fill(lengths: Uint8Array, start: number, end: number): void {
    const offsets = new Uint16Array(MAX_CODE_LENGTH + 2);
    const next = new Uint16Array(MAX_CODE_LENGTH + 2);
    for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
      offsets[length + 1] = offsets[length]! + this.counts[length]!;
      next[length + 1] = (next[length]! + this.counts[length]!) << 1;
    }
    for (let i = start; i < end; i++) {
      const length = lengths[i]!;
      if (length === 0) continue;
      this.symbols[offsets[length]!++] = i - start;
      const code = next[length]!++;
      if (length <= FAST) this.fillFast(code, length, i - start);
    }
  }

  private fillFast(code: number, length: number, symbol: number): void {
    let reversed = 0;
    for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
    for (let at = reversed; at < 1 << FAST; at += 1 << length) this.fast[at] = symbol * 16 + length;
  }

  /** @param bits the next bits, first one lowest  @returns symbol times 16 plus length of its code; length 0: none */
  find(bits: number): number {
    return this.fast[bits & ((1 << FAST) - 1)]! || this.search(bits);
  }

  private search(bits: number): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
      code |= (bits >> (length - 1)) & 1;
      const count = this.counts[length]!;
      if (code - count < first) return this.symbols[index + code - first]! * 16 + length;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }
}
