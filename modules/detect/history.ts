/**
 * The last bytes of one direction of a stream, as far back as signatures may inspect. Memory comes
 * from a pool of power-of-two blocks limited by `detect.stream-history-memcap`.
 */

const MIN_EXPONENT = 9;
const MAX_EXPONENT = 21;

interface Block {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Offset of the block in the concatenation of all arrays. */
  readonly place: number;
  readonly exponent: number;
}

export class HistoryPool {
  /** Bytes allocated from the system. */
  allocated = 0;
  private readonly free: Block[][] = Array.from({ length: MAX_EXPONENT + 1 }, () => []);
  /** Blocks freed since halves were last joined. */
  private freed = 0;

  /** Blocks are cut from arrays of this size, a power of two. */
  private readonly largest: number;

  constructor(private readonly memcap: number) {
    this.largest = Math.min(MAX_EXPONENT, 31 - Math.clz32(Math.max(1, Math.min(memcap, 2 ** 31 - 1))));
  }

  /** @returns undefined when the limit is reached, or the size is too large */
  allocate(size: number): Block | undefined {
    const exponent = Math.max(MIN_EXPONENT, 32 - Math.clz32(size - 1));
    if (exponent > this.largest) return undefined;
    const block = this.free[exponent]!.pop() ?? this.split(exponent);
    return block ?? (this.mergeFree() ? (this.free[exponent]!.pop() ?? this.split(exponent)) : undefined);
  }

  release(block: Block): void {
    this.free[block.exponent]!.push(block);
    this.freed++;
  }

  private split(exponent: number): Block | undefined {
    let larger = exponent + 1;
    while (larger <= this.largest && this.free[larger]!.length === 0) larger++;
    const block = larger <= this.largest ? this.free[larger]!.pop()! : this.allocateSlab();
    if (!block) return undefined;
    // The upper halves are returned to the free lists.
    const { bytes, start, place } = block;
    for (let e = block.exponent - 1; e >= exponent; e--)
      this.free[e]!.push({ bytes, start: start + (1 << e), place: place + (1 << e), exponent: e });
    return { bytes, start, place, exponent };
  }

  /**
   * Joins halves that are both free: otherwise blocks cut while there were many short streams would stay small
   * forever. It examines all free blocks, so it waits until enough have been freed. @returns whether it did
   */
  private mergeFree(): boolean {
    const blocks = this.free.reduce((sum, { length }) => sum + length, 0);
    if (this.freed === 0 || 2 * this.freed < blocks) return false;
    this.freed = 0;
    for (let exponent = MIN_EXPONENT; exponent < this.largest; exponent++) this.mergeBuddies(exponent);
    return true;
  }

  private mergeBuddies(exponent: number): void {
    const halves = this.free[exponent]!;
    const byPlace = new Map(halves.map(half => [half.place, half]));
    this.free[exponent] = halves.filter(half => {
      if (!byPlace.has(half.place)) return false;
      const other = byPlace.get(half.place - half.start + (half.start ^ (1 << exponent)));
      if (!other) return true;
      byPlace.delete(half.place);
      byPlace.delete(other.place);
      const first = half.start < other.start ? half : other;
      this.free[exponent + 1]!.push({ ...first, exponent: exponent + 1 });
      return false;
    });
  }

  private allocateSlab(): Block | undefined {
    const size = 1 << this.largest;
    const place = this.allocated;
    if (place + size > this.memcap) return undefined;
    this.allocated += size;
    return { bytes: new Uint8Array(size), start: 0, place, exponent: this.largest };
  }
}

const nothing = new Uint8Array(0);

export class History {
  /** Positions in the stream of the first byte kept, and after the last one. */
  from = 0;
  to = 0;
  private block: Block | undefined;
  /** Offset of position `from` in the block. */
  private offset = 0;

  get bytes(): Uint8Array {
    return this.block?.bytes ?? nothing;
  }

  /** Index in `bytes` of a position between `from` and `to`. */
  indexOf(position: number): number {
    return (this.block?.start ?? 0) + this.offset + position - this.from;
  }

  /** Discards everything; the next data begins at `position`. */
  restart(pool: HistoryPool, position: number): void {
    this.release(pool);
    this.from = position;
    this.to = position;
  }

  release(pool: HistoryPool): void {
    if (this.block) pool.release(this.block);
    this.block = undefined;
    this.offset = 0;
  }

  /** Moves everything to another, empty history; this one is empty afterwards. */
  moveTo(other: History): void {
    other.from = this.from;
    other.to = this.to;
    other.block = this.block;
    other.offset = this.offset;
    this.from = this.to;
    this.block = undefined;
    this.offset = 0;
  }

  /**
   * Appends `source[start, start + length)`.
   * @param keep position from which bytes are still needed
   * @returns false when there was no memory: the bytes kept so far are lost
   */
  append(pool: HistoryPool, source: Uint8Array, start: number, length: number, keep: number): boolean {
    if (keep > this.from) this.drop(Math.min(keep, this.to));
    const held = this.to - this.from;
    if (!this.makeRoom(pool, held + length)) {
      this.restart(pool, this.to + length);
      return false;
    }
    const { bytes, start: first } = this.block!;
    copy(bytes, first + this.offset + held, source, start, length);
    this.to += length;
    return true;
  }

  private drop(keep: number): void {
    this.offset += keep - this.from;
    this.from = keep;
  }

  private makeRoom(pool: HistoryPool, size: number): boolean {
    const { block } = this;
    const capacity = block ? 1 << block.exponent : 0;
    if (block && this.offset + size <= capacity) return true;
    const held = this.to - this.from;
    if (block && size <= capacity) {
      const at = block.start + this.offset;
      block.bytes.copyWithin(block.start, at, at + held);
      this.offset = 0;
      return true;
    }
    const larger = pool.allocate(size);
    if (!larger) return false;
    if (block) {
      copy(larger.bytes, larger.start, block.bytes, block.start + this.offset, held);
      pool.release(block);
    }
    this.block = larger;
    this.offset = 0;
    return true;
  }
}

/** Length from which a view is cheaper than copying in a loop. */
const WORTH_A_VIEW = 64;

function copy(target: Uint8Array, to: number, source: Uint8Array, from: number, length: number): void {
  if (length >= WORTH_A_VIEW) {
    target.set(source.subarray(from, from + length), to);
    return;
  }
  for (let i = 0; i < length; i++) target[to + i] = source[from + i]!;
}
