/**
 * The packets of one queue that a thread has received and not yet answered, by id in the order of the queue. It
 * decides which verdicts may be merged: a verdict "for all up to here" is correct only when no earlier packet is
 * unanswered.
 */
export class Outstanding {
  private ids = new Uint32Array(1024);
  /** 1: answered out of order. */
  private answered = new Uint8Array(1024);
  private first = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  received(id: number): void {
    if (this.count === this.ids.length) this.grow();
    const at = this.at(this.count++);
    this.ids[at] = id;
    this.answered[at] = 0;
  }

  /** @returns true when `id` was the oldest: all before it were answered */
  answer(id: number): boolean {
    if (this.count > 0 && this.ids[this.first] === id) {
      this.removeOldest();
      while (this.count > 0 && this.answered[this.first] === 1) this.removeOldest();
      return true;
    }
    const place = this.find(id);
    if (place >= 0) this.answered[this.at(place)] = 1;
    return false;
  }

  private removeOldest(): void {
    this.first = this.at(1);
    this.count--;
  }

  /** Ids ascend, and start again at 0 after 2^32 - 1. */
  private find(id: number): number {
    const base = this.ids[this.first]!;
    const wanted = (id - base) >>> 0;
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const there = (this.ids[this.at(middle)]! - base) >>> 0;
      if (there === wanted) return middle;
      if (there < wanted) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** The capacity is a power of two. */
  private at(place: number): number {
    return (this.first + place) & (this.ids.length - 1);
  }

  private grow(): void {
    const ids = new Uint32Array(this.ids.length * 2);
    const answered = new Uint8Array(ids.length);
    for (let i = 0; i < this.count; i++) {
      ids[i] = this.ids[this.at(i)]!;
      answered[i] = this.answered[this.at(i)]!;
    }
    this.ids = ids;
    this.answered = answered;
    this.first = 0;
  }
}
