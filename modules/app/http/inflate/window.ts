/** The last decompressed bytes: matches copy from them (RFC 1951 2), and they are output in pieces. */

/** Receives decompressed bytes (valid until it returns). @returns false to stop */
export type Sink = (bytes: Uint8Array, start: number, end: number) => boolean;

const WINDOW = 32768;
export const MAX_MATCH_LENGTH = 258;
/** Size of the output buffer: when it is full, its contents slide down to the window. */
const ROOM = 2 * WINDOW + MAX_MATCH_LENGTH;

export class Window {
  /** Bytes of output so far. */
  produced = 0;
  /** The sink wants no more. */
  stopped = false;
  private out = new Uint8Array(4096);
  private length = 0;
  private delivered = 0;

  constructor(private readonly sink: Sink) {}

  /** Only after `makeRoom` returned free space. */
  put(byte: number): void {
    this.out[this.length++] = byte;
  }

  /** Only after `makeRoom` returned enough free space. */
  append(bytes: Uint8Array): void {
    this.out.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Copies `length` bytes from `distance` bytes before. @returns false if there are none */
  copy(distance: number, length: number): boolean {
    if (distance > this.length) return false;
    const { out } = this;
    let to = this.length;
    const end = to + length;
    if (distance >= length) out.copyWithin(to, to - distance, to - distance + length);
    else for (let from = to - distance; to < end; ) out[to++] = out[from++]!;
    this.length = end;
    return true;
  }

  /** @returns free bytes: enough for a match, or 0 if no more output is wanted */
  makeRoom(): number {
    const free = this.out.length - this.length;
    if (free >= MAX_MATCH_LENGTH) return free;
    if (this.out.length < ROOM) this.grow();
    else if (!this.slide()) return 0;
    return this.out.length - this.length;
  }

  private grow(): void {
    const out = new Uint8Array(Math.min(ROOM, 4 * this.out.length));
    out.set(this.out);
    this.out = out;
  }

  private slide(): boolean {
    this.deliver();
    if (this.stopped) return false;
    const kept = Math.min(this.length, WINDOW);
    this.out.copyWithin(0, this.length - kept, this.length);
    this.length = kept;
    this.delivered = kept;
    return true;
  }

  /** Outputs what was not output yet. */
  deliver(): void {
    const { delivered, length } = this;
    if (delivered === length) return;
    this.delivered = length;
    this.produced += length - delivered;
    if (!this.sink(this.out, delivered, length)) this.stopped = true;
  }
}
