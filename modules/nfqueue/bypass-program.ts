/** The program that bypassed flows are reported to: started with the queues, while the process has its privileges. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type LogSink, linesIn } from '../../engine/log-sink.js';
import type { Log } from '../../engine/module.js';

/** Bytes that may be pending for a program that does not read; further lines are discarded. */
const MAX_PENDING_BYTES = 1 << 20;
/** Maximum number of its error lines that are logged. */
const MAX_LOGGED_ERRORS = 5;

export class BypassProgram implements LogSink {
  /** Number of lines that were discarded. */
  lost = 0;
  private readonly child: ChildProcess;
  private readonly name: string;
  private errors = 0;
  private ended = false;

  /** @param command for a shell */
  constructor(
    command: string,
    private readonly log: Log,
  ) {
    this.name = `nfq.bypass-hook.command ${command}`;
    this.child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'ignore', 'pipe'] });
    this.child.on('error', error => this.failed(error.message));
    this.child.on('exit', code => this.failed(`it exited with code ${code}`));
    this.child.stdin!.on('error', error => this.failed(error.message));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => this.logError(text));
  }

  write(bytes: Uint8Array): void {
    const { stdin } = this.child;
    if (this.ended || stdin!.writableLength > MAX_PENDING_BYTES) {
      this.lost += linesIn(bytes);
      return;
    }
    // The ring that contains the bytes is reused.
    stdin!.write(Buffer.from(bytes));
  }

  flush(): void {}

  rotate(): void {}

  /** Restarted threads have more to report. */
  close(): void {}

  /** The program ends when it has read everything. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.child.stdin!.end();
    this.child.unref();
  }

  private failed(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.log.error(`${this.name}: ${reason}; bypassed flows stay in the queue`);
  }

  private logError(text: string): void {
    if (this.errors++ < MAX_LOGGED_ERRORS) this.log.warning(`${this.name}: ${text.trim().split('\n')[0]}`);
  }
}
