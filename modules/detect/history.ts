/**
 * The last bytes of one direction of a stream, as far back as signatures may inspect. Memory comes
 * from a pool of power-of-two pieces limited by `detect.stream-history-memcap`.
 */

const SMALLEST = 9;
const LARGEST = 21;

interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Offset of the piece in the concatenation of all arrays. */
  readonly place: number;
  readonly exponent: number;
}

export class HistoryPool {
  /** Bytes allocated from the system. */
  taken = 0;
  private readonly free: Piece[][] = Array.from({ length: LARGEST + 1 }, () => []);
  /** Pieces freed since halves were last joined. */
  private given = 0;

  /** Pieces are cut from arrays of this size, a power of two. */
  private readonly largest: number;

  constructor(private readonly memcap: number) {
    this.largest = Math.min(LARGEST, 31 - Math.clz32(Math.max(1, Math.min(memcap, 2 ** 31 - 1))));
  }

  /** @returns undefined when the limit is reached, or the size is too large */
  take(size: number): Piece | undefined {
    const exponent = Math.max(SMALLEST, 32 - Math.clz32(size - 1));
    if (exponent > this.largest) return undefined;
    const piece = this.free[exponent]!.pop() ?? this.split(exponent);
    return piece ?? (this.join() ? (this.free[exponent]!.pop() ?? this.split(exponent)) : undefined);
  }

  give(piece: Piece): void {
    this.free[piece.exponent]!.push(piece);
    this.given++;
  }

  private split(exponent: number): Piece | undefined {
    let larger = exponent + 1;
    while (larger <= this.largest && this.free[larger]!.length === 0) larger++;
    const piece = larger <= this.largest ? this.free[larger]!.pop()! : this.slab();
    if (!piece) return undefined;
    // The upper halves are returned to the free lists.
    const { bytes, start, place } = piece;
    for (let e = piece.exponent - 1; e >= exponent; e--)
      this.free[e]!.push({ bytes, start: start + (1 << e), place: place + (1 << e), exponent: e });
    return { bytes, start, place, exponent };
  }

  /**
   * Joins halves that are both free: otherwise pieces cut while there were many short streams would stay small
   * forever. It examines all free pieces, so it waits until enough have been freed. @returns whether it did
   */
  private join(): boolean {
    const pieces = this.free.reduce((sum, { length }) => sum + length, 0);
    if (this.given === 0 || 2 * this.given < pieces) return false;
    this.given = 0;
    for (let exponent = SMALLEST; exponent < this.largest; exponent++) this.joinHalves(exponent);
    return true;
  }

  private joinHalves(exponent: number): void {
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

  private slab(): Piece | undefined {
    const size = 1 << this.largest;
    const place = this.taken;
    if (place + size > this.memcap) return undefined;
    this.taken += size;
    return { bytes: new Uint8Array(size), start: 0, place, exponent: this.largest };
  }
}

const nothing = new Uint8Array(0);

export class History {
  /** Positions in the stream of the first byte kept, and after the last one. */
  from = 0;
  to = 0;
  private piece: Piece | undefined;
  /** Offset of position `from` in the piece. */
  private offset = 0;

  get bytes(): Uint8Array {
    return this.piece?.bytes ?? nothing;
  }

  /** Index in `bytes` of a position between `from` and `to`. */
  indexOf(position: number): number {
    return (this.piece?.start ?? 0) + this.offset + position - this.from;
  }

  /** Discards everything; the next data begins at `position`. */
  restart(pool: HistoryPool, position: number): void {
    this.release(pool);
    this.from = position;
    this.to = position;
  }

  release(pool: HistoryPool): void {
    if (this.piece) pool.give(this.piece);
    this.piece = undefined;
    this.offset = 0;
  }

  /** Moves everything to another, empty history; this one is empty afterwards. */
  moveTo(other: History): void {
    other.from = this.from;
    other.to = this.to;
    other.piece = this.piece;
    other.offset = this.offset;
    this.from = this.to;
    this.piece = undefined;
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
    const { bytes, start: first } = this.piece!;
    copy(bytes, first + this.offset + held, source, start, length);
    this.to += length;
    return true;
  }

  private drop(keep: number): void {
    this.offset += keep - this.from;
    this.from = keep;
  }

  private makeRoom(pool: HistoryPool, size: number): boolean {
    const { piece } = this;
    const capacity = piece ? 1 << piece.exponent : 0;
    if (piece && this.offset + size <= capacity) return true;
    const held = this.to - this.from;
    if (piece && size <= capacity) {
      const at = piece.start + this.offset;
      piece.bytes.copyWithin(piece.start, at, at + held);
      this.offset = 0;
      return true;
    }
    const larger = pool.take(size);
    if (!larger) return false;
    if (piece) {
      copy(larger.bytes, larger.start, piece.bytes, piece.start + this.offset, held);
      pool.give(piece);
    }
    this.piece = larger;
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
