/** A log whose lines are sent to a Unix datagram socket, one per datagram (`filetype: unix_dgram`). */
import { getSystemErrorName } from 'node:util';
import { type LogSink, linesIn, MOST_WAITING } from '../log-sink.js';
import { type Native, native, nativeProblem } from '../native.js';

/** Milliseconds until sending to a full listener is retried, and time allowed for sending the rest at the end. */
const AGAIN = 5;
const PATIENCE = 500;
/** Indexes of the values returned by the addon. */
const ERROR = 0;
const TOO_LONG = 1;

export class DatagramLog implements LogSink {
  private readonly native: Native | undefined;
  private readonly socket: number;
  private readonly outcome = new Uint32Array(2);
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  /** Offset in the first pending chunk. */
  private from = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Reported once, until it works again. */
  private complained = false;
  private given = 0;

  /**
   * Without the addon all lines are lost: Node has no such sockets.
   * @param told called with the first error after a period without errors
   */
  constructor(
    private readonly path: string,
    private readonly told: (message: string) => void,
  ) {
    this.native = native();
    this.socket = this.native?.openDatagramSocket() ?? -1;
    if (!this.native) this.complain(`filetype unix_dgram needs the native addon: ${nativeProblem()}`);
  }

  /** Including lines too long for a datagram. */
  get lost(): number {
    return this.given + this.outcome[TOO_LONG]!;
  }

  write(bytes: Uint8Array): void {
    if (this.waitingBytes + bytes.length > MOST_WAITING) {
      this.given += linesIn(bytes);
      this.complain('the listener is slow or missing; lines are lost');
      return;
    }
    this.waiting.push(Uint8Array.from(bytes));
    this.waitingBytes += bytes.length;
    if (this.waiting.length === 1) this.send();
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
    for (let waited = 0; !this.send() && waited < PATIENCE && this.isFull(); waited += AGAIN)
      Atomics.wait(still, 0, 0, AGAIN);
    clearTimeout(this.timer);
    for (const lines of this.waiting.splice(0)) {
      this.given += linesIn(lines.subarray(this.from));
      this.from = 0;
    }
    this.native?.closeSocket(this.socket);
    if (this.lost > 0) this.told(`${this.path}: ${this.lost} lines were lost`);
  }

  /** @returns true if nothing is left */
  private send(): boolean {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.native && this.waiting.length > 0) {
      const [bytes] = this.waiting as [Uint8Array];
      this.from = this.native.sendLines(this.socket, this.path, bytes, this.from, this.outcome);
      if (this.from < bytes.length) return this.tryLater();
      this.waitingBytes -= bytes.length;
      this.waiting.shift();
      this.from = 0;
    }
    if (this.native) this.complained = false;
    return this.native !== undefined;
  }

  /** The listener is only slow: its buffer is full. */
  private isFull(): boolean {
    return ['EAGAIN', 'ENOBUFS'].includes(getSystemErrorName(-this.outcome[ERROR]!));
  }

  private tryLater(): false {
    if (this.isFull()) this.timer = setTimeout(() => this.send(), AGAIN).unref();
    else this.complain(getSystemErrorName(-this.outcome[ERROR]!));
    return false;
  }

  private complain(message: string): void {
    if (!this.complained) this.told(`${this.path}: ${message}`);
    this.complained = true;
  }
}
