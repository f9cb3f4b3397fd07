import type { LogWriter } from '../module.js';
import { type LogRing, partMark } from './log-ring.js';

const NOTHING = new Uint8Array(0);

export interface ThreadLogsOptions {
  readonly ring: LogRing;
  /** Called for each line that is lost. */
  lost(): void;
  /** Whether a writer waits for room: yes in replay; in live mode a verdict must not wait for a disk. */
  waits(): boolean;
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
    this.write(partMark(part), NOTHING, 0, 0);
  }

  private write(number: number, bytes: Uint8Array, from: number, to: number): void {
    const { ring, waits, lost } = this.options;
    if (to - from > ring.longest) {
      lost();
      return;
    }
    while (!ring.write(number, bytes, from, to)) {
      if (!waits()) {
        lost();
        return;
      }
      Atomics.wait(this.pause, 0, 0, 1);
    }
  }
}
