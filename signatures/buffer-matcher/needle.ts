/** Searches for a content in part of a buffer (Horspool 1980). */

/** Bytes with ASCII letters in lower case. */
const LOWER = Uint8Array.from({ length: 256 }, (_, c) => (c >= 0x41 && c <= 0x5a ? c + 32 : c));

export class Needle {
  readonly length: number;
  private readonly pattern: Uint8Array;
  private readonly fold: Uint8Array | undefined;
  /** Shift by the byte under the needle's last position. */
  private readonly skip: Uint16Array | undefined;

  /** @param bytes latin1 text */
  constructor(bytes: string, nocase: boolean) {
    this.pattern = Uint8Array.from(bytes, c => (nocase ? LOWER[c.charCodeAt(0)]! : c.charCodeAt(0)));
    this.length = this.pattern.length;
    this.fold = nocase ? LOWER : undefined;
    this.skip = this.length > 2 ? this.skips() : undefined;
  }

  /** Offset of the first occurrence within `bytes[from, to)`, -1 if there is none. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const last = to - this.length;
    const { skip } = this;
    if (!skip) {
      for (let i = from; i <= last; i++) if (this.at(bytes, i)) return i;
      return -1;
    }
    const end = this.length - 1;
    for (let i = from; i <= last; i += skip[bytes[i + end]!]!) if (this.at(bytes, i)) return i;
    return -1;
  }

  /** Whether it matches at `offset`; the caller checks the bounds. */
  at(bytes: Uint8Array, offset: number): boolean {
    const { pattern, fold } = this;
    if (fold) {
      for (let k = pattern.length - 1; k >= 0; k--) if (fold[bytes[offset + k]!] !== pattern[k]) return false;
    } else {
      for (let k = pattern.length - 1; k >= 0; k--) if (bytes[offset + k] !== pattern[k]) return false;
    }
    return true;
  }

  private skips(): Uint16Array {
    const skip = new Uint16Array(256).fill(Math.min(this.length, 65_535));
    for (let k = 0; k < this.length - 1; k++) {
      const step = Math.min(this.length - 1 - k, 65_535);
      const c = this.pattern[k]!;
      skip[c] = step;
      if (this.fold && c >= 0x61 && c <= 0x7a) skip[c - 32] = step;
    }
    return skip;
  }
}
