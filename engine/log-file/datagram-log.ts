/** A log whose lines are sent to a Unix datagram socket, one per datagram (`filetype: unix_dgram`). */
import { getSystemErrorName } from 'node:util';
import { type LogSink, linesIn, MAX_PENDING } from '../log-sink.js';
import { type Native, native, nativeProblem } from '../native.js';

/** Milliseconds until sending to a full listener is retried, and time allowed for sending the rest at the end. */
const RETRY_MS = 5;
const CLOSE_TIMEOUT_MS = 500;
/** Indexes of the values returned by the addon. */
const ERROR = 0;
const TOO_LONG = 1;

export class DatagramLog implements LogSink {
  private readonly native: Native | undefined;
  private readonly socket: number;
  private readonly outcome = new Uint32Array(2);
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  /** Offset in the first pending chunk. */
  private from = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Reported once, until it works again. */
  private errorReported = false;
  private discarded = 0;

  /**
   * Without the addon all lines are lost: Node has no such sockets.
   * @param report called with the first error after a period without errors
   */
  constructor(
    private readonly path: string,
    private readonly report: (message: string) => void,
  ) {
    this.native = native();
    this.socket = this.native?.openDatagramSocket() ?? -1;
    if (!this.native) this.reportError(`filetype unix_dgram needs the native addon: ${nativeProblem()}`);
  }

  /** Including lines too long for a datagram. */
  get lost(): number {
    return this.discarded + this.outcome[TOO_LONG]!;
  }

  write(bytes: Uint8Array): void {
    if (this.pendingBytes + bytes.length > MAX_PENDING) {
      this.discarded += linesIn(bytes);
      this.reportError('the listener is slow or missing; lines are lost');
      return;
    }
    this.pending.push(Uint8Array.from(bytes));
    this.pendingBytes += bytes.length;
    if (this.pending.length === 1) this.send();
  }

  flush(): void {
    this.send();
  }

  /** Nothing to reopen: each datagram is addressed by path. */
  rotate(): void {
    this.send();
  }

  close(): void {
    const still = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; !this.send() && waited < CLOSE_TIMEOUT_MS && this.isFull(); waited += RETRY_MS)
      Atomics.wait(still, 0, 0, RETRY_MS);
    clearTimeout(this.timer);
    for (const lines of this.pending.splice(0)) {
      this.discarded += linesIn(lines.subarray(this.from));
      this.from = 0;
    }
    this.native?.closeSocket(this.socket);
    if (this.lost > 0) this.report(`${this.path}: ${this.lost} lines were lost`);
  }

  /** @returns true if nothing is left */
  private send(): boolean {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.native && this.pending.length > 0) {
      const [bytes] = this.pending as [Uint8Array];
      this.from = this.native.sendLines(this.socket, this.path, bytes, this.from, this.outcome);
      if (this.from < bytes.length) return this.retryLater();
      this.pendingBytes -= bytes.length;
      this.pending.shift();
      this.from = 0;
    }
    if (this.native) this.errorReported = false;
    return this.native !== undefined;
  }

  /** The listener is only slow: its buffer is full. */
  private isFull(): boolean {
    return ['EAGAIN', 'ENOBUFS'].includes(getSystemErrorName(-this.outcome[ERROR]!));
  }

  private retryLater(): false {
    if (this.isFull()) this.timer = setTimeout(() => this.send(), RETRY_MS).unref();
    else this.reportError(getSystemErrorName(-this.outcome[ERROR]!));
    return false;
  }

  private reportError(message: string): void {
    if (!this.errorReported) this.report(`${this.path}: ${message}`);
    this.errorReported = true;
  }
}
