/** The streams of one database in one thread: the last bytes of each. */
const FIRST_STREAMS = 16;

export class QgramStreams {
  /** Kept bytes followed by new data, for patterns that span both. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  private tails: Uint8Array;
  private lengths = new Uint32Array(FIRST_STREAMS);
  private readonly free: number[] = [];
  private opened = 0;

  /** @param keep bytes kept of each stream: one less than the longest pattern */
  constructor(readonly keep: number) {
    this.bytes = new Uint8Array(2 * keep);
    this.view = new DataView(this.bytes.buffer);
    this.tails = new Uint8Array(FIRST_STREAMS * keep);
  }

  open(): number {
    const stream = this.free.pop() ?? this.opened++;
    if (stream === this.lengths.length) this.grow();
    this.lengths[stream] = 0;
    return stream;
  }

  close(stream: number): void {
    this.free.push(stream);
  }

  /** Bytes kept of the stream. */
  kept(stream: number): number {
    return this.lengths[stream]!;
  }

  /**
   * Copies the kept bytes, followed by as much of `data[from, to)` as a pattern beginning before it can cover, to
   * `bytes`. @returns their number
   */
  join(stream: number, data: Uint8Array, from: number, to: number): number {
    const kept = this.lengths[stream]!;
    const more = Math.min(to - from, this.keep);
    const start = stream * this.keep;
    this.bytes.set(this.tails.subarray(start, start + kept));
    this.bytes.set(data.subarray(from, from + more), kept);
    return kept + more;
  }

  /** Stores the last bytes of the stream after `data[from, to)` was scanned. */
  remember(stream: number, data: Uint8Array, from: number, to: number): void {
    const start = stream * this.keep;
    const fresh = Math.min(to - from, this.keep);
    const old = Math.min(this.lengths[stream]!, this.keep - fresh);
    const oldEnd = start + this.lengths[stream]!;
    this.tails.copyWithin(start, oldEnd - old, oldEnd);
    this.tails.set(data.subarray(to - fresh, to), start + old);
    this.lengths[stream] = old + fresh;
  }

  private grow(): void {
    const lengths = new Uint32Array(2 * this.lengths.length);
    lengths.set(this.lengths);
    this.lengths = lengths;
    const tails = new Uint8Array(2 * this.tails.length);
    tails.set(this.tails);
    this.tails = tails;
  }
}
