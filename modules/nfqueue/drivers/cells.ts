/**
 * A message queue from one thread to another: a ring of cells in shared memory, each a few words and bytes.
 * Single writer, single reader.
 */
const HEAD = 0;
const TAIL = 16;
const HEADER_WORDS = 32;

export class Cells {
  private readonly state: Int32Array;
  private readonly all: Uint32Array;
  private readonly allBytes: Uint8Array;
  private readonly cellWords: number;
  private readonly cells: number;

  /** @param words of each message  @param bytes maximum per message */
  constructor(
    buffer: SharedArrayBuffer,
    private readonly words: number,
    bytes: number,
  ) {
    this.state = new Int32Array(buffer, 0, HEADER_WORDS);
    this.all = new Uint32Array(buffer, HEADER_WORDS * 4);
    this.allBytes = new Uint8Array(buffer, HEADER_WORDS * 4);
    this.cellWords = words + ((bytes + 3) >>> 2);
    this.cells = Math.floor(this.all.length / this.cellWords);
  }

  static allocate(cells: number, words: number, bytes: number): SharedArrayBuffer {
    return new SharedArrayBuffer((HEADER_WORDS + cells * (words + ((bytes + 3) >>> 2))) * 4);
  }

  /** Number of messages waiting to be read. */
  get readable(): number {
    return (Atomics.load(this.state, TAIL) - Atomics.load(this.state, HEAD)) >>> 0;
  }

  /**
   * Appends a message.
   * @param words array with its words, starting at `at`  @param payload bytes that follow them
   * @returns false when the ring is full
   */
  write(words: Uint32Array, at: number, payload: Uint8Array): boolean {
    if (this.readable === this.cells) return false;
    const tail = Atomics.load(this.state, TAIL);
    const cell = this.cell(tail);
    for (let i = 0; i < this.words; i++) this.all[cell + i] = words[at + i]!;
    this.allBytes.set(payload, (cell + this.words) * 4);
    Atomics.store(this.state, TAIL, (tail + 1) | 0);
    return true;
  }

  /** A word of the oldest message; there must be one. */
  word(index: number): number {
    return this.all[this.cell(Atomics.load(this.state, HEAD)) + index]!;
  }

  /** Bytes of the oldest message, valid until it is released. */
  bytes(length: number): Uint8Array {
    const start = (this.cell(Atomics.load(this.state, HEAD)) + this.words) * 4;
    return this.allBytes.subarray(start, start + length);
  }

  /** Frees the oldest message after it was read. */
  release(): void {
    Atomics.store(this.state, HEAD, (Atomics.load(this.state, HEAD) + 1) | 0);
  }

  /** Counters wrap at 2^32, which is a multiple of the number of cells. */
  private cell(position: number): number {
    return ((position >>> 0) & (this.cells - 1)) * this.cellWords;
  }
}
