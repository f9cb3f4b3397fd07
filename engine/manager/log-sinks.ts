/** The log files of a run: opened by the first line for them, written with what threads put into their rings. */
import type { LogSink } from '../log-sink.js';
import { partOf } from '../thread/log-ring.js';
import { Parts } from './parts.js';
import type { RunningThread } from './running-thread.js';

const FLUSH_MS = 1000;

export class LogSinks {
  private readonly sinks = new Map<string, LogSink>();
  private readonly parts = new Parts((file, lines) => this.write(file, lines));
  private flushedAt = 0;

  constructor(private readonly open: (file: string) => LogSink) {}

  write(file: string, lines: Uint8Array): void {
    this.sink(file).write(lines);
  }

  /** Fetches the lines of all threads, but for those that are too far ahead. */
  drain(threads: readonly RunningThread[]): void {
    for (const thread of threads) if (!this.parts.isAhead(thread)) this.fetch(thread);
  }

  private fetch(thread: RunningThread): void {
    thread.logRing.drain((number, bytes) => {
      const file = thread.files[number];
      if (number < 0) this.parts.begin(thread, partOf(number));
      else if (file !== undefined) this.parts.line(thread, file, bytes);
    });
    if (thread.hasEnded) this.parts.end(thread);
  }

  /** Brings lines to the disk when it is time. @param now milliseconds  @returns whether it was */
  flush(now: number): boolean {
    if (now - this.flushedAt < FLUSH_MS) return false;
    this.flushedAt = now;
    for (const sink of this.sinks.values()) sink.flush();
    return true;
  }

  rotate(): void {
    for (const sink of this.sinks.values()) sink.rotate();
  }

  /** Fetches what is left and closes all files. One that was opened but never written to exists all the same. */
  close(threads: readonly RunningThread[]): void {
    for (const thread of threads) {
      this.fetch(thread);
      this.parts.end(thread);
    }
    this.parts.close();
    for (const thread of threads) for (const file of thread.files) if (file !== undefined) this.sink(file);
    for (const sink of this.sinks.values()) sink.close();
  }

  /** Lines that were given up so far. */
  get lost(): number {
    let lost = 0;
    for (const sink of this.sinks.values()) lost += sink.lost;
    return lost;
  }

  private sink(file: string): LogSink {
    let sink = this.sinks.get(file);
    if (!sink) {
      sink = this.open(file);
      this.sinks.set(file, sink);
    }
    return sink;
  }
}
