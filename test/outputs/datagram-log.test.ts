/** Lines to a datagram socket: its listener may be missing at the start, slow, and replaced later. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatagramLog } from '../../engine/log-file/datagram-log.js';
import { native } from '../../engine/native.js';
import { until } from '../until.js';
import { hasPerl, Listener } from './datagram-listener.js';

describe.runIf(native() && hasPerl)('a log to a datagram socket', () => {
  let folder: string;
  const listeners: Listener[] = [];
  const messages: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'datagram-log-'));
    messages.length = 0;
  });
  afterEach(() => {
    for (const listener of listeners.splice(0)) listener.signal('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const path = () => join(folder, 'lines.sock');
  const open = () => new DatagramLog(path(), message => messages.push(message));
  const listen = async () => {
    const listener = new Listener(path());
    listeners.push(listener);
    await listener.ready();
    return listener;
  };

  it('waits for a listener, and for its successor', async () => {
    const log = open();
    log.write(Buffer.from('one\ntwo\n'));
    const first = await listen();
    log.flush();
    await first.has(2);
    expect(first.lines).toEqual(['one', 'two']);
    first.signal('SIGKILL');
    await until(
      () => {
        log.write(Buffer.from('three\n'));
        return messages.length === 2;
      },
      () => messages.join(),
    );
    const second = await listen();
    log.flush();
    await second.has(1);
    expect(new Set(second.lines)).toEqual(new Set(['three']));
    log.close();
    expect(messages).toEqual([`${path()}: ENOENT`, `${path()}: ECONNREFUSED`]);
    expect(log.lost).toBe(0);
  });

  it('loses and counts lines that a slow listener does not take, and keeps the order of the others', async () => {
    const listener = await listen();
    const log = open();
    listener.signal('SIGSTOP');
    const count = 600;
    for (let i = 0; i < count; i++) log.write(Buffer.from(`${String(i).padEnd(12)}${' '.repeat(20_000)}\n`));
    expect(log.lost).toBeGreaterThan(100);
    listener.signal('SIGCONT');
    await listener.has(count - log.lost);
    log.write(Buffer.from('last\n'));
    await listener.has(count - log.lost + 1);
    log.close();
    const numbers = listener.lines.slice(0, -1).map(Number);
    expect(numbers).toEqual(Array.from({ length: count - log.lost }, (_, i) => i));
    expect(messages).toEqual([
      `${path()}: the listener is slow or missing; lines are lost`,
      `${path()}: ${log.lost} lines were lost`,
    ]);
  });

  it('counts a line larger than the buffer, and lines that nobody took until the end', async () => {
    const listener = await listen();
    const log = open();
    log.write(Buffer.concat([Buffer.alloc(16 << 20, 'x'), Buffer.from('\n')]));
    expect(log.lost).toBe(1);
    log.write(Buffer.from('whole\n'));
    await listener.has(1);
    rmSync(path());
    log.write(Buffer.from('a\nb\n'));
    log.close();
    expect(log.lost).toBe(3);
  });
});
