/**
 * Time spent in nested work, each piece without what runs inside of it. A piece is a cell: calls and milliseconds
 * of its own. Reading the clock costs time too; what it costs is measured and taken off.
 */
export interface Cell {
  calls: number;
  /** Milliseconds. */
  time: number;
}

export function newCell(): Cell {
  return { calls: 0, time: 0 };
}

/** Nested pieces of work; recursion of conditions is bounded, and so is this. */
const DEEPEST = 4096;

export class Stopwatch {
  private readonly stack: Cell[] = new Array<Cell>(DEEPEST);
  private depth = 0;
  private last = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  enter(cell: Cell): void {
    const now = this.now();
    if (this.depth > 0) this.stack[this.depth - 1]!.time += now - this.last;
    if (this.depth < DEEPEST) this.stack[this.depth++] = cell;
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

/** Milliseconds that a piece of work seems to take though it does nothing. */
export function costOfMeasuring(): number {
  const watch = new Stopwatch();
  const cell = newCell();
  for (let i = 0; i < ROUNDS; i++) {
    watch.enter(cell);
    watch.leave();
  }
  return cell.time / ROUNDS;
}
