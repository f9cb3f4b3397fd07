import type { LogWriter } from '../module.js';
import { type LogRing, partMark } from './log-ring.js';

const NO_BYTES = new Uint8Array(0);

export interface ThreadLogsOptions {
  readonly ring: LogRing;
  /** Called for each line that is lost. */
  countLost(): void;
  /** Whether a writer waits for room: yes in replay; in live mode a verdict must not wait for a disk. */
  mayWait(): boolean;
  /** Tells the manager the file of a number. */
  announce(number: number, file: string): void;
}

/** Log files as seen by a thread: numbers whose names are known to the manager. */
export class ThreadLogs {
  private readonly pause = new Int32Array(new SharedArrayBuffer(4));
  private readonly numbers = new Map<string, number>();

  constructor(private readonly options: ThreadLogsOptions) {}

  open(file: string): LogWriter {
    let number = this.numbers.get(file);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(file, number);
      this.options.announce(number, file);
    }
    const opened = number;
    return { write: (bytes, from, to) => this.write(opened, bytes, from, to) };
  }

  /** The following lines belong to this part of the input; see `Thread.beginPart`. */
  beginPart(part: number): void {
    this.write(partMark(part), NO_BYTES, 0, 0);
  }

  private write(number: number, bytes: Uint8Array, from: number, to: number): void {
    const { ring, mayWait, countLost } = this.options;
    if (to - from > ring.maxRecord) {
      countLost();
      return;
    }
    while (!ring.write(number, bytes, from, to)) {
      if (!mayWait()) {
        countLost();
        return;
      }
      Atomics.wait(this.pause, 0, 0, 1);
    }
  }
}
