/** A log whose lines are sent to a listener on a Unix stream socket (`filetype: unix_stream`). */
import { connect, type Socket } from 'node:net';
import { type LogSink, linesIn, MOST_WAITING } from '../log-sink.js';

/** Milliseconds allowed for sending the rest when a connection ends. */
const PATIENCE = 5000;

export class LineSocket implements LogSink {
  private socket: Socket | undefined;
  private connected = false;
  /** The pending lines are the last to be sent. */
  private closing = false;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  /** Reported once, until it works again. */
  private complained = false;
  lost = 0;

  /** @param told called with the first error after a period without errors */
  constructor(
    private readonly path: string,
    private readonly told: (message: string) => void,
  ) {
    this.connect();
  }

  write(bytes: Uint8Array): void {
    if (this.waitingBytes + bytes.length > MOST_WAITING) {
      this.lost += linesIn(bytes);
      this.complain('the listener is slow; lines are lost');
      return;
    }
    this.waiting.push(Uint8Array.from(bytes));
    this.waitingBytes += bytes.length;
    this.sendWaiting();
  }

  /** Retries a failed connection. */
  flush(): void {
    if (!this.socket) this.connect();
    else this.sendWaiting();
  }

  /** Reconnects; what was sent so far is delivered. */
  rotate(): void {
    if (this.socket) destroyLater(this.socket.end());
    this.connect();
  }

  close(): void {
    const { socket } = this;
    if (this.complained && !this.connected) this.giveUp();
    if (this.lost > 0) this.told(`${this.path}: ${this.lost} lines were lost`);
    if (!socket) return;
    this.closing = true;
    if (this.connected) this.finish();
    destroyLater(socket);
  }

  /** There is no listener, and no time left to wait for one. */
  private giveUp(): void {
    for (const lines of this.waiting.splice(0)) this.lost += linesIn(lines);
    this.waitingBytes = 0;
  }

  private connect(): void {
    const socket = connect(this.path);
    this.socket = socket;
    this.connected = false;
    socket.on('connect', () => {
      this.connected = true;
      this.complained = false;
      if (this.closing) this.finish();
      else this.sendWaiting();
    });
    socket.on('drain', () => this.sendWaiting());
    socket.on('error', error => this.complain(error.message));
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.connected = false;
    });
  }

  private finish(): void {
    this.sendWaiting(Number.POSITIVE_INFINITY);
    this.socket!.end();
  }

  /** Sends lines in order, as long as no more than `most` bytes are pending for the listener. */
  private sendWaiting(most = MOST_WAITING): void {
    if (!this.connected) return;
    let sent = 0;
    while (sent < this.waiting.length && this.socket!.writableLength < most) {
      const bytes = this.waiting[sent++]!;
      this.waitingBytes -= bytes.length;
      // Data not received by the listener before it disconnected is lost.
      this.socket!.write(bytes, error => {
        if (error) this.lost += linesIn(bytes);
      });
    }
    this.waiting.splice(0, sent);
  }

  private complain(message: string): void {
    if (!this.complained) this.told(`${this.path}: ${message}`);
    this.complained = true;
  }
}

function destroyLater(socket: Socket): void {
  setTimeout(() => socket.destroy(), PATIENCE).unref();
}
