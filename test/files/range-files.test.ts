/** Files transferred in ranges: their order, waiting ranges, and the memory accounted for them. */
import { describe, expect, it, vi } from 'vitest';
import type { FileSettings } from '../../engine/files/file-settings.js';
import { PendingRanges, RANGE_OVERHEAD } from '../../engine/files/pending-ranges.js';
import { RangeFiles } from '../../engine/files/range-files.js';
import { TrackedFile } from '../../engine/files/tracked-file.js';

const ALL_KEPT: FileSettings = {
  md5: false,
  sha1: false,
  sha256: false,
  magic: false,
  kindOf: () => '',
  mayStore: true,
  storeAll: true,
  maxStored: 1 << 20,
  streamDepth: undefined,
};
const make = () => new TrackedFile(Buffer.from('f'), false, ALL_KEPT);
const text = (file: TrackedFile) => Buffer.concat(file.chunks).toString();
const TEXT = 'In ranges of any order.';

/** Sends ranges of TEXT, each from its first byte to the one before its last. @returns what was complete after each */
function send(files: RangeFiles, ranges: readonly (readonly [number, number])[], key = 'k') {
  return ranges.map(([from, to]) => {
    const range = files.open(key, TEXT.length, 0, make)!;
    range.append(from, Buffer.from(TEXT.slice(from, to)));
    return range.end();
  });
}

describe('a file', () => {
  it.each([
    [
      'in order',
      [
        [0, 5],
        [5, 23],
      ],
    ],
    [
      'backwards',
      [
        [15, 23],
        [10, 15],
        [5, 10],
        [0, 5],
      ],
    ],
    [
      'mixed',
      [
        [7, 9],
        [2, 7],
        [20, 23],
        [9, 20],
        [0, 2],
      ],
    ],
    [
      'overlapping',
      [
        [7, 15],
        [2, 9],
        [14, 23],
        [0, 5],
      ],
    ],
    [
      'twice',
      [
        [7, 23],
        [7, 23],
        [0, 7],
      ],
    ],
  ] as const)('is assembled from ranges that arrive %s', (_, ranges) => {
    const files = new RangeFiles(1 << 20, 60);
    const complete = send(files, ranges);
    expect(complete.slice(0, -1).every(file => file === undefined)).toBe(true);
    expect(text(complete.at(-1)!.file)).toBe(TEXT);
    expect(complete.at(-1)!.file.state).toBe('closed');
    expect(files.memoryUsed).toBe(0);
  });

  it('of very many ranges takes time linear in their number', () => {
    const ranges = 1 << 14;
    const files = new RangeFiles(1 << 30, 60);
    const looks = vi.spyOn(PendingRanges.prototype, 'first', 'get');
    for (let from = ranges - 1; from > 0; from--) {
      const range = files.open('k', ranges, 0, make)!;
      range.append(from, Buffer.of(from));
      range.end();
    }
    const last = files.open('k', ranges, 0, make)!;
    last.append(0, Buffer.of(0));
    const whole = last.end()!;
    expect(looks.mock.calls.length).toBeLessThan(4 * ranges);
    looks.mockRestore();
    expect(Buffer.concat(whole.file.chunks)[77]).toBe(77);
    expect(files.memoryUsed).toBe(0);
  });
});

describe('memory', () => {
  it('is accounted for ranges beyond their bytes, and ranges beyond the limit are rejected', () => {
    const files = new RangeFiles(2 * RANGE_OVERHEAD + 2, 60);
    send(files, [
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
    expect([files.memoryUsed, files.refused]).toEqual([2 * RANGE_OVERHEAD + 2, 1]);
  });

  it('is released for an expired file, and nothing is kept for it afterwards', () => {
    const files = new RangeFiles(1 << 20, 60);
    const range = files.open('k', 100, 0, make)!;
    range.append(50, Buffer.alloc(10));
    files.open('other', 100, 61, make);
    expect(files.memoryUsed).toBe(0);
    range.append(50, Buffer.alloc(10));
    expect(range.end()).toBeUndefined();
    expect(files.memoryUsed).toBe(0);
  });

  it('is not used for a file that is complete', () => {
    const files = new RangeFiles(1 << 20, 60);
    const late = files.open('k', TEXT.length, 0, make)!;
    send(files, [[0, 23]]);
    late.append(0, Buffer.from('more'));
    late.append(40, Buffer.from('more'));
    expect([late.end(), files.memoryUsed]).toEqual([undefined, 0]);
  });
});

it('waiting ranges are taken in the order of their first bytes', () => {
  const ranges = new PendingRanges();
  const starts = Array.from({ length: 500 }, (_, i) => (i * 7919) % 503);
  for (const start of starts) ranges.add(start).append(Buffer.of(start & 255));
  expect(ranges.cost).toBe(500 * (RANGE_OVERHEAD + 1));
  const taken = starts.map(() => [ranges.first, ranges.takeFirst().view()[0]]);
  expect(taken).toEqual([...starts].sort((a, b) => a - b).map(start => [start, start & 255]));
  expect(ranges.first).toBe(Number.POSITIVE_INFINITY);
});
