/**
 * Many short texts, found by index: their bytes are stored contiguously, as each separate view would take a hundred
 * bytes.
 */
import { GrowingBytes } from './growing-bytes.js';

export class TextList {
  private readonly bytes = new GrowingBytes();
  private readonly ends: number[] = [];

  get length(): number {
    return this.ends.length;
  }

  /** Adds a copy. */
  add(text: Uint8Array): void {
    this.bytes.append(text);
    this.ends.push(this.bytes.length);
  }

  at(index: number): Uint8Array | undefined {
    const end = this.ends[index];
    return end === undefined ? undefined : this.bytes.slice(index > 0 ? this.ends[index - 1]! : 0, end);
  }
}
