import { expect, test } from 'vitest';
import { LogRing } from '../../engine/thread/log-ring.js';

const bytes = (text: string) => Buffer.from(text);

/** The content of the ring, as `file text`. */
function drained(ring: LogRing): string[] {
  const records: string[] = [];
  const count = ring.drain((file, record) => records.push(`${file} ${Buffer.from(record)}`));
  expect(count).toBe(records.length);
  return records;
}

test('records are read as they were written, also across the end of the ring', () => {
  const ring = new LogRing(LogRing.allocate(64));
  for (let length = 0; length <= ring.maxRecord; length++) {
    const text = 'abcdefghij'.repeat(6).slice(0, length);
    expect(ring.write(length, bytes(`..${text}.`), 2, 2 + length)).toBe(true);
    expect(drained(ring)).toEqual([`${length} ${text}`]);
  }
});

test('a record without room is rejected, and accepted after others were read', () => {
  const ring = new LogRing(LogRing.allocate(64));
  const line = bytes('0123456789');
  const write = () => ring.write(-1, line, 0, line.length);
  expect([write(), write(), write(), write()]).toEqual([true, true, true, false]);
  expect(drained(ring)).toHaveLength(3);
  expect(write()).toBe(true);
});
