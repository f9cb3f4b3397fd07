/**
 * Time spent in nested spans, each without the spans inside it. Each span has a cell with its calls and milliseconds.
 * Reading the clock takes time too, which is measured and subtracted.
 */
export interface Cell {
  calls: number;
  /** Milliseconds. */
  time: number;
}

export function newCell(): Cell {
  return { calls: 0, time: 0 };
}

/** Maximum nesting depth; recursion of conditions is bounded as well. */
const MAX_DEPTH = 4096;

export class Stopwatch {
  private readonly stack: Cell[] = new Array<Cell>(MAX_DEPTH);
  private depth = 0;
  private last = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  enter(cell: Cell): void {
    const now = this.now();
    if (this.depth > 0) this.stack[this.depth - 1]!.time += now - this.last;
    if (this.depth < MAX_DEPTH) this.stack[this.depth++] = cell;
    cell.calls++;
    this.last = this.now();
  }

  leave(): void {
    const now = this.now();
    this.stack[--this.depth]!.time += now - this.last;
    this.last = this.now();
  }
}

const ROUNDS = 20_000;

/** Milliseconds measured for an empty span. */
export function costOfMeasuring(): number {
  const watch = new Stopwatch();
  const cell = newCell();
  for (let i = 0; i < ROUNDS; i++) {
    watch.enter(cell);
    watch.leave();
  }
  return cell.time / ROUNDS;
}
