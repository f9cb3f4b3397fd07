/** Free rows of this thread's range of the flow table, allocated lowest first and reused last in, first out. */
export class FreeRows {
  private readonly free: Int32Array;
  private freeCount = 0;
  /** Rows below were allocated at least once: the rest uses no physical memory yet. */
  private fresh: number;
  private readonly end: number;

  constructor(
    readonly first: number,
    readonly count: number,
  ) {
    this.free = new Int32Array(count);
    this.fresh = first;
    this.end = first + count;
  }

  get available(): number {
    return this.freeCount + this.end - this.fresh;
  }

  /** Rows that were allocated at least once: `first` … `first + touched`. */
  get touched(): number {
    return this.fresh - this.first;
  }

  /** @returns -1 when none is free */
  take(): number {
    if (this.freeCount > 0) return this.free[--this.freeCount]!;
    return this.fresh < this.end ? this.fresh++ : -1;
  }

  release(row: number): void {
    this.free[this.freeCount++] = row;
  }
}
