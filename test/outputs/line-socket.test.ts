import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LineSocket } from '../../engine/log-file/line-socket.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'line-socket-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const LINE_BYTES = 1 << 20;
const line = (number: number) => Buffer.from(`${String(number).padEnd(LINE_BYTES - 1)}\n`);

/** A listener that reads a little and then nothing until told to continue. */
class Listener {
  private readonly pieces: Buffer[] = [];
  private socket!: Socket;
  private readonly server = createServer(socket => {
    this.socket = socket;
    socket.on('data', piece => {
      if (this.pieces.length === 0) socket.pause();
      this.pieces.push(piece);
    });
  });

  async listen(path: string): Promise<void> {
    await new Promise<void>(done => this.server.listen(path, done));
  }

  get received(): number {
    return this.pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  goOn(): void {
    this.socket.resume();
  }

  /** The numbers of the lines received until the other side closed. */
  async numbers(): Promise<number[]> {
    await new Promise(done => this.socket.once('close', done));
    await new Promise(done => this.server.close(done));
    return Buffer.concat(this.pieces).toString().trimEnd().split('\n').map(Number);
  }
}

test('a slow listener loses lines, gets the others complete and in order, and memory stays bounded', async () => {
  const path = join(folder, 'lines.sock');
  const listener = new Listener();
  await listener.listen(path);
  const messages: string[] = [];
  const log = new LineSocket(path, message => messages.push(message));
  log.write(line(0));
  await expect.poll(() => listener.received).toBeGreaterThan(0);

  for (let i = 1; i < 30; i++) {
    log.flush();
    log.write(line(i));
  }
  expect(log.lost).toBeGreaterThan(15);

  listener.goOn();
  await expect.poll(() => listener.received).toBeGreaterThan(3 * LINE_BYTES);
  log.write(line(30));
  log.close();
  const numbers = await listener.numbers();
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(numbers.length + log.lost).toBe(31);
  expect(messages).toEqual([
    `${path}: the listener is slow; lines are lost`,
    `${path}: ${log.lost} lines were lost`,
  ]);
});

test('lines not received when the listener closed are counted, and its successor gets the following ones', async () => {
  const path = join(folder, 'restarted.sock');
  const listen = async (listener: (socket: Socket) => void) => {
    const server = createServer(listener);
    await new Promise<void>(done => server.listen(path, done));
    return server;
  };
  let deaf: Socket | undefined;
  const first = await listen(socket => {
    deaf = socket.pause();
  });
  const log = new LineSocket(path, () => {});
  for (let i = 0; i < 3; i++) log.write(line(i));
  await expect.poll(() => deaf).toBeDefined();
  deaf!.destroy();
  await new Promise(done => first.close(done));
  // One may have been in transit to the listener.
  await expect.poll(() => log.lost).toBeGreaterThan(1);

  let got = '';
  const second = await listen(socket => {
    socket.on('data', piece => {
      got += piece;
    });
  });
  log.write(Buffer.from('next\n'));
  log.flush();
  await expect.poll(() => got).toBe('next\n');
  log.close();
  await new Promise(done => second.close(done));
});

test('lines without a listener until the end are counted as lost', async () => {
  const path = join(folder, 'nobody.sock');
  const messages: string[] = [];
  const log = new LineSocket(path, message => messages.push(message));
  log.write(Buffer.from('one\ntwo\n'));
  log.write(Buffer.from('three\n'));
  await expect.poll(() => messages).toEqual([`connect ENOENT ${path}`].map(text => `${path}: ${text}`));
  log.flush();
  log.close();
  expect(log.lost).toBe(3);
  expect(messages.at(-1)).toBe(`${path}: 3 lines were lost`);
});
