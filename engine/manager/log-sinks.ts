/** The log files of a run: opened soon after the start, written with the lines from the threads' rings. */
import type { LogSink } from '../log-sink.js';
import { partOf } from '../thread/log-ring.js';
import { OrderedParts } from './parts.js';
import type { RunningThread } from './running-thread.js';

const FLUSH_MS = 1000;

export class LogSinks {
  private readonly sinks = new Map<string, LogSink>();
  private readonly parts = new OrderedParts((file, lines) => this.write(file, lines));
  private flushedAt = performance.now();

  constructor(private readonly open: (file: string) => LogSink) {}

  write(file: string, lines: Uint8Array): void {
    this.sink(file).write(lines);
  }

  /** Fetches the lines of all threads, except those too far ahead. */
  drain(threads: readonly RunningThread[]): void {
    for (const thread of threads) if (!this.parts.isAhead(thread)) this.fetch(thread);
  }

  private fetch(thread: RunningThread): void {
    thread.logRing.drain((number, bytes) => {
      const file = thread.files[number];
      if (number < 0) this.parts.begin(thread, partOf(number));
      else if (file !== undefined) this.parts.addLine(thread, file, bytes);
    });
    if (thread.hasEnded) this.parts.end(thread);
  }

  /**
   * Flushes files to disk when due. Files without lines are opened then, too: so that they exist for readers that
   * follow them, and errors are reported before the first line.
   * @param now milliseconds since the process began
   * @returns whether it was due
   */
  flush(now: number, threads: readonly RunningThread[]): boolean {
    if (now - this.flushedAt < FLUSH_MS) return false;
    this.flushedAt = now;
    this.openAll(threads);
    for (const sink of this.sinks.values()) sink.flush();
    return true;
  }

  rotate(): void {
    for (const sink of this.sinks.values()) sink.rotate();
  }

  /** Fetches the remaining lines and closes all files. A file that was opened but never written to is created, too. */
  close(threads: readonly RunningThread[]): void {
    for (const thread of threads) {
      this.fetch(thread);
      this.parts.end(thread);
    }
    this.parts.close();
    this.openAll(threads);
    for (const sink of this.sinks.values()) sink.close();
  }

  private openAll(threads: readonly RunningThread[]): void {
    for (const { files } of threads) for (const file of files) if (file !== undefined) this.sink(file);
  }

  /** Lines lost so far. */
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
