/** A log whose lines go to a listener on a socket of the file system (`filetype: unix_stream`). */
import { connect, type Socket } from 'node:net';
import { type LogSink, MOST_WAITING } from '../log-sink.js';

/** Milliseconds that the end of a run waits for the listener. */
const PATIENCE = 5000;

export class LineSocket implements LogSink {
  private socket: Socket | undefined;
  private connected = false;
  /** What waits is the last that is sent. */
  private closing = false;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  /** Said once, until it works again. */
  private complained = false;
  lost = 0;

  /** @param told called with the first error after a time without any */
  constructor(
    private readonly path: string,
    private readonly told: (message: string) => void,
  ) {
    this.connect();
  }

  write(bytes: Uint8Array): void {
    if (this.connected && this.socket!.writableLength < MOST_WAITING) {
      this.socket!.write(Uint8Array.from(bytes));
    } else if (this.waitingBytes + bytes.length <= MOST_WAITING) {
      this.waiting.push(Uint8Array.from(bytes));
      this.waitingBytes += bytes.length;
    } else {
      this.lost++;
      this.complain('its listener is slow; lines are lost');
    }
  }

  /** Tries again what could not be connected. */
  flush(): void {
    if (!this.socket) this.connect();
    else if (this.connected) this.sendWaiting();
  }

  rotate(): void {
    this.socket?.destroy();
    this.connect();
  }

  close(): void {
    const { socket } = this;
    if (this.lost > 0) this.told(`${this.path}: ${this.lost} lines were lost`);
    if (!socket) return;
    this.closing = true;
    if (this.connected) this.finish();
    setTimeout(() => socket.destroy(), PATIENCE).unref();
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
    socket.on('error', error => this.complain(error.message));
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.connected = false;
    });
  }

  private finish(): void {
    this.sendWaiting();
    this.socket!.end();
  }

  private sendWaiting(): void {
    for (const bytes of this.waiting) this.socket!.write(bytes);
    this.waiting = [];
    this.waitingBytes = 0;
  }

  private complain(message: string): void {
    if (!this.complained) this.told(`${this.path}: ${message}`);
    this.complained = true;
  }
}
