/** A layer for an encoding whose decoder needs the whole input. */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { Consumer, Layer } from './coding-layer.js';

/** All output so far. */
export interface Decoded {
  readonly content: Uint8Array;
  /** Further input cannot add output. */
  readonly isFinished: boolean;
}

/** Bytes passed on at a time: the next layer may want no more. */
const SLICE = 16 << 10;

/** The whole input is decoded again each time it has doubled, and at the end, so that the total work stays linear. */
export class BufferedLayer implements Layer {
  private readonly input = new GrowingBytes();
  private attemptedLength = 0;
  private delivered = 0;
  private isFinished = false;

  /** @param most maximum bytes of input that are kept */
  constructor(
    private readonly next: Consumer,
    private readonly most: number,
    private readonly decode: (bytes: Uint8Array) => Decoded | undefined,
  ) {}

  write(bytes: Uint8Array): boolean {
    if (this.isFinished && this.delivered > 0) return true;
    this.input.append(bytes);
    if (this.input.length > this.most) return false;
    return this.isFinished || this.input.length < 2 * this.attemptedLength || this.attempt();
  }

  end(): void {
    if (!this.isFinished && this.input.length > this.attemptedLength) this.attempt();
    if (this.delivered === 0) this.next(this.input.view());
  }

  private attempt(): boolean {
    this.attemptedLength = this.input.length;
    const decoded = this.decode(this.input.view());
    if (!decoded) return true;
    this.isFinished = decoded.isFinished;
    return this.deliver(decoded.content);
  }

  private deliver(content: Uint8Array): boolean {
    while (this.delivered < content.length) {
      const slice = content.subarray(this.delivered, this.delivered + SLICE);
      this.delivered += slice.length;
      if (!this.next(slice)) return false;
    }
    return true;
  }
}
