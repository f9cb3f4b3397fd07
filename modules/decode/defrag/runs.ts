/** Received parts of a datagram, as a sorted list of intervals; adjacent ones may be joined or kept separate. */
export class Runs {
  /** start, end, start, end … */
  private list = new Int32Array(8);
  private count = 0;

  get length(): number {
    return this.count;
  }

  start(i: number): number {
    return this.list[2 * i]!;
  }

  end(i: number): number {
    return this.list[2 * i + 1]!;
  }

  /** Bytes of memory used by the list. */
  get memory(): number {
    return this.list.byteLength;
  }

  clear(): void {
    this.count = 0;
    if (this.list.length > 64) this.list = new Int32Array(8);
  }

  /** Index of the first run that ends after `offset`. */
  firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.end(middle) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Whether any byte of [start, end) was received. */
  overlaps(start: number, end: number): boolean {
    const i = this.firstEndingAfter(start);
    return i < this.count && this.start(i) < end;
  }

  /** Whether all bytes from 0 to `end` were received; adjacent runs count as one. */
  reach(end: number): boolean {
    let reached = 0;
    for (let i = 0; i < this.count && this.start(i) <= reached; i++) reached = this.end(i);
    return reached >= end;
  }

  /** Adds [start, end), joined with every run that it overlaps or touches. */
  join(start: number, end: number): void {
    const first = this.firstEndingAfter(start - 1);
    let last = first;
    while (last < this.count && this.start(last) <= end) {
      start = Math.min(start, this.start(last));
      end = Math.max(end, this.end(last));
      last++;
    }
    this.replace(first, last, start, end);
  }

  /** Adds [start, end), which overlaps no run, as a run of its own. */
  insert(start: number, end: number): void {
    const at = this.firstEndingAfter(start);
    this.replace(at, at, start, end);
  }

  /** Extends the last run to `end`. */
  extendLast(end: number): void {
    this.list[2 * this.count - 1] = end;
  }

  /** Replaces runs [first, last) by one run. */
  private replace(first: number, last: number, start: number, end: number): void {
    const count = this.count - (last - first) + 1;
    if (2 * count > this.list.length) this.grow();
    this.list.copyWithin(2 * (first + 1), 2 * last, 2 * this.count);
    this.list[2 * first] = start;
    this.list[2 * first + 1] = end;
    this.count = count;
  }

  private grow(): void {
    const larger = new Int32Array(this.list.length * 2);
    larger.set(this.list);
    this.list = larger;
  }
}
