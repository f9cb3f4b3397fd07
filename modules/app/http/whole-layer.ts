/** A layer of an encoding whose decoder takes whole inputs only. */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { Consumer, Layer } from './coding-layer.js';

/** What came out so far, all of it. */
export interface Decoded {
  readonly content: Uint8Array;
  /** Whatever comes yet, nothing more can be decoded. */
  readonly isOver: boolean;
}

/** Bytes that are given on at once: the one behind may want no more. */
const SLICE = 16 << 10;

/** All so far is decoded anew each time it has doubled, and at the end, so that the work stays linear. */
export class WholeLayer implements Layer {
  private readonly input = new GrowingBytes();
  private tried = 0;
  private given = 0;
  private isOver = false;

  /** @param most bytes of input that are kept */
  constructor(
    private readonly next: Consumer,
    private readonly most: number,
    private readonly decode: (bytes: Uint8Array) => Decoded | undefined,
  ) {}

  write(bytes: Uint8Array): boolean {
    if (this.isOver && this.given > 0) return true;
    this.input.append(bytes);
    if (this.input.length > this.most) return false;
    return this.isOver || this.input.length < 2 * this.tried || this.attempt();
  }

  end(): void {
    if (!this.isOver && this.input.length > this.tried) this.attempt();
    if (this.given === 0) this.next(this.input.view());
  }

  private attempt(): boolean {
    this.tried = this.input.length;
    const decoded = this.decode(this.input.view());
    if (!decoded) return true;
    this.isOver = decoded.isOver;
    return this.give(decoded.content);
  }

  private give(content: Uint8Array): boolean {
    while (this.given < content.length) {
      const slice = content.subarray(this.given, this.given + SLICE);
      this.given += slice.length;
      if (!this.next(slice)) return false;
    }
    return true;
  }
}
