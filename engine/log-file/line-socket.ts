/** A log whose lines are sent to a listener on a Unix stream socket (`filetype: unix_stream`). */
import { connect, type Socket } from 'node:net';
import { type LogSink, linesIn, MAX_PENDING } from '../log-sink.js';

/** Milliseconds allowed for sending the rest when a connection ends. */
const DESTROY_DELAY_MS = 5000;

export class LineSocket implements LogSink {
  private socket: Socket | undefined;
  private connected = false;
  /** The pending lines are the last to be sent. */
  private closing = false;
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  /** Reported once, until it works again. */
  private errorReported = false;
  lost = 0;

  /** @param report called with the first error after a period without errors */
  constructor(
    private readonly path: string,
    private readonly report: (message: string) => void,
  ) {
    this.connect();
  }

  write(bytes: Uint8Array): void {
    if (this.pendingBytes + bytes.length > MAX_PENDING) {
      this.lost += linesIn(bytes);
      this.reportError('the listener is slow; lines are lost');
      return;
    }
    this.pending.push(Uint8Array.from(bytes));
    this.pendingBytes += bytes.length;
    this.sendPending();
  }

  /** Retries a failed connection. */
  flush(): void {
    if (!this.socket) this.connect();
    else this.sendPending();
  }

  /** Reconnects; what was sent so far is delivered. */
  rotate(): void {
    if (this.socket) destroyLater(this.socket.end());
    this.connect();
  }

  close(): void {
    const { socket } = this;
    if (this.errorReported && !this.connected) this.discardPending();
    if (this.lost > 0) this.report(`${this.path}: ${this.lost} lines were lost`);
    if (!socket) return;
    this.closing = true;
    if (this.connected) this.finish();
    destroyLater(socket);
  }

  /** There is no listener, and no time left to wait for one. */
  private discardPending(): void {
    for (const lines of this.pending.splice(0)) this.lost += linesIn(lines);
    this.pendingBytes = 0;
  }

  private connect(): void {
    const socket = connect(this.path);
    this.socket = socket;
    this.connected = false;
    socket.on('connect', () => {
      this.connected = true;
      this.errorReported = false;
      if (this.closing) this.finish();
      else this.sendPending();
    });
    socket.on('drain', () => this.sendPending());
    socket.on('error', error => this.reportError(error.message));
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.connected = false;
    });
  }

  private finish(): void {
    this.sendPending(Number.POSITIVE_INFINITY);
    this.socket!.end();
  }

  /** Sends lines in order, as long as no more than `most` bytes are pending for the listener. */
  private sendPending(most = MAX_PENDING): void {
    if (!this.connected) return;
    let sent = 0;
    while (sent < this.pending.length && this.socket!.writableLength < most) {
      const bytes = this.pending[sent++]!;
      this.pendingBytes -= bytes.length;
      // Data not received by the listener before it disconnected is lost.
      this.socket!.write(bytes, error => {
        if (error) this.lost += linesIn(bytes);
      });
    }
    this.pending.splice(0, sent);
  }

  private reportError(message: string): void {
    if (!this.errorReported) this.report(`${this.path}: ${message}`);
    this.errorReported = true;
  }
}

function destroyLater(socket: Socket): void {
  setTimeout(() => socket.destroy(), DESTROY_DELAY_MS).unref();
}
