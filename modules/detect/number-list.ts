const EMPTY = new Int32Array(0);
const MIN_CAPACITY = 4;

/** A list of numbers that is filled and cleared for every packet without allocation. */
export class NumberList {
  values: Int32Array;
  length = 0;

  /** @param capacity 0 for a list that mostly stays empty: it then has no memory */
  constructor(capacity = 64) {
    this.values = capacity === 0 ? EMPTY : new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.grow();
    this.values[this.length++] = value;
  }

  private grow(): void {
    const larger = new Int32Array(Math.max(MIN_CAPACITY, this.values.length * 2));
    larger.set(this.values);
    this.values = larger;
  }

  clear(): void {
    this.length = 0;
  }

  /** Sorts ascending and removes duplicates. */
  sortUnique(): void {
    if (this.length < 2) return;
    if (this.length < 24) this.insertionSort();
    else this.values.subarray(0, this.length).sort();
    const { values } = this;
    let kept = 1;
    for (let i = 1; i < this.length; i++) {
      if (values[i] !== values[kept - 1]) values[kept++] = values[i]!;
    }
    this.length = kept;
  }

  private insertionSort(): void {
    const { values } = this;
    for (let i = 1; i < this.length; i++) {
      const value = values[i]!;
      let at = i;
      while (at > 0 && values[at - 1]! > value) {
        values[at] = values[at - 1]!;
        at--;
      }
      values[at] = value;
    }
  }
}
