/** The header of gzip (RFC 1952 2.3), skipped as it arrives: its name and comment have no maximum length. */

const FLAGS = 3;
const FIXED = 10;
const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

type Part = 'fixed' | 'extra length' | 'extra' | 'text' | 'sum' | 'over';

export class GzipHead {
  private part: Part = 'fixed';
  private readonly further: Part[] = [];
  /** Bytes of the current part received so far; for the extra field, those still missing. */
  private count = 0;
  /** First byte of the length of the extra field. */
  private low: number | undefined;

  /** @returns how many of the bytes belong to the header if it ends in them, otherwise -1 */
  take(bytes: Uint8Array): number {
    for (let at = 0; at < bytes.length; ) {
      at = this.step(bytes, at);
      if (this.part === 'over') return at;
    }
    return -1;
  }

  /** @returns the index to continue from */
  private step(bytes: Uint8Array, at: number): number {
    switch (this.part) {
      case 'text': {
        const end = bytes.indexOf(0, at);
        if (end < 0) return bytes.length;
        this.next();
        return end + 1;
      }
      case 'extra': {
        const here = Math.min(this.count, bytes.length - at);
        this.count -= here;
        if (this.count === 0) this.next();
        return at + here;
      }
      case 'extra length':
        this.extraLength(bytes[at]!);
        return at + 1;
      case 'sum':
        if (++this.count === 2) this.next();
        return at + 1;
      default:
        this.fixed(bytes[at]!);
        return at + 1;
    }
  }

  private fixed(byte: number): void {
    if (this.count === FLAGS) {
      if (byte & FLAG_EXTRA) this.further.push('extra length');
      if (byte & FLAG_NAME) this.further.push('text');
      if (byte & FLAG_COMMENT) this.further.push('text');
      if (byte & FLAG_CRC) this.further.push('sum');
    }
    if (++this.count === FIXED) this.next();
  }

  private extraLength(byte: number): void {
    if (this.low === undefined) {
      this.low = byte;
      return;
    }
    this.next();
    const length = this.low | (byte << 8);
    if (length === 0) return;
    this.further.unshift(this.part);
    this.part = 'extra';
    this.count = length;
  }

  private next(): void {
    this.part = this.further.shift() ?? 'over';
    this.count = 0;
  }
}
