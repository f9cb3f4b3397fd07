/** Clients of a control socket. */
import { connect } from 'node:net';

/** A client: sends messages verbatim, and awaits as many answers. */
export class ControlClient {
  private readonly socket;
  private readonly answers: string[] = [];
  private notify = () => {};

  constructor(path: string) {
    this.socket = connect(path);
    let text = '';
    this.socket.on('data', data => {
      text += data;
      const lines = text.split('\n');
      text = lines.pop()!;
      this.answers.push(...lines);
      this.notify();
    });
  }

  async request(message: object | string): Promise<unknown> {
    this.socket.write(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
    while (this.answers.length === 0)
      await new Promise<void>(resolve => {
        this.notify = resolve;
      });
    return JSON.parse(this.answers.shift()!);
  }

  /** Number of captures that are still to be read. */
  async capturesLeft(): Promise<unknown> {
    return ((await this.request({ command: 'pcap-file-number' })) as { message: unknown }).message;
  }

  end(): void {
    this.socket.destroy();
  }
}

/** Whether the socket accepts connections: it exists a moment earlier. */
export function acceptsConnections(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
