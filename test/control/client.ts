/** What speaks to a control socket in tests. */
import { connect } from 'node:net';

/** A client: says messages as they are, and waits for as many answers. */
export class Client {
  private readonly socket;
  private readonly answers: string[] = [];
  private wake = () => {};

  constructor(path: string) {
    this.socket = connect(path);
    let text = '';
    this.socket.on('data', data => {
      text += data;
      const lines = text.split('\n');
      text = lines.pop()!;
      this.answers.push(...lines);
      this.wake();
    });
  }

  async ask(message: object | string): Promise<unknown> {
    this.socket.write(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
    while (this.answers.length === 0)
      await new Promise<void>(resolve => {
        this.wake = resolve;
      });
    return JSON.parse(this.answers.shift()!);
  }

  /** Captures that the program has still to read. */
  async capturesLeft(): Promise<unknown> {
    return ((await this.ask({ command: 'pcap-file-number' })) as { message: unknown }).message;
  }

  end(): void {
    this.socket.destroy();
  }
}

/** Whether somebody listens: the socket is there a moment before. */
export function isReached(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
