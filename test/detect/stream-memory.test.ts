/**
 * Memory that detection keeps for a stream: it is released when the stream ends, long before the flow leaves the
 * table.
 */
import { describe, expect, test } from 'vitest';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import { HistoryPool } from '../../modules/detect/history.js';
import { NumberList } from '../../modules/detect/number-list.js';
import type { Scan } from '../../modules/detect/scan.js';
import { StreamInspection } from '../../modules/detect/stream-inspection.js';
import { StreamState } from '../../modules/detect/stream-state.js';
import type { GroupRules } from '../../signatures/compile/image.js';

const GROUP = { reach: 100 } as GroupRules;
const PACKET = Packet.INTS;
const NONE = -1;

/** A stream with an open matcher stream, and the closed streams of the matcher. */
function openedStream() {
  const memory = openMemory(allocateMemory(2, 4096));
  const closed: number[] = [];
  const scan = { closeStream: (stream: number) => closed.push(stream) } as unknown as Scan;
  const pool = new HistoryPool(1 << 24);
  const streams = new StreamInspection(memory, pool, scan, { toServer: 2560, toClient: 2560 }, () => {});
  const state = new StreamState();
  state.scanner = 7;
  const take = (length: number, flags: number): void => {
    memory.row[PACKET + Packet.STREAM_LENGTH] = length;
    memory.row[PACKET + Packet.STREAM_FLAGS] = flags;
    streams.take(state, PACKET, NONE, GROUP);
    streams.releaseIfFinished(state);
  };
  const inspect = (): void => {
    streams.inspected(state, new NumberList(0), GROUP.reach);
    streams.releaseIfFinished(state);
  };
  return { state, closed, take, inspect };
}

describe('the end of a stream', () => {
  test('releases its memory after the rest is inspected', () => {
    const { state, closed, take, inspect } = openedStream();
    take(50, 0);
    inspect();
    expect(state.history.bytes.length).toBeGreaterThan(0);
    take(20, Packet.STREAM_END);
    expect(closed).toEqual([]);
    expect(state.history.to - state.history.from).toBe(70);
    inspect();
    expect(closed).toEqual([7]);
    expect([state.history.bytes.length, state.history.to]).toEqual([0, 70]);
  });

  test('releases its memory at once if nothing waits for inspection', () => {
    const { state, closed, take, inspect } = openedStream();
    take(50, 0);
    inspect();
    take(0, Packet.STREAM_RESET);
    expect([closed, state.scanner, state.history.bytes.length]).toEqual([[7], 0, 0]);
  });

  test('keeps the memory of a stream that is still used', () => {
    const { state, closed, take, inspect } = openedStream();
    take(50, Packet.STREAM_FLUSH);
    inspect();
    expect([closed, state.scanner]).toEqual([[], 7]);
  });
});

test('an empty list has no memory', () => {
  const [first, second] = [new NumberList(0), new NumberList(0)];
  expect(first.values).toBe(second.values);
  for (let i = 0; i < 9; i++) first.push(i);
  expect([...first.values.subarray(0, first.length)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect([second.length, second.values.length]).toEqual([0, 0]);
});

test('memory of many short streams is reused for longer ones', () => {
  const slab = 1 << 21;
  const pool = new HistoryPool(2 * slab);
  const takeAll = (size: number) => {
    const pieces = [];
    for (let piece = pool.allocate(size); piece; piece = pool.allocate(size)) pieces.push(piece);
    return pieces;
  };
  for (const size of [512, 4096, slab, 512]) {
    const pieces = takeAll(size);
    expect(pieces.length).toBe((2 * slab) / size);
    expect(new Set(pieces.map(({ place }) => place)).size).toBe(pieces.length);
    for (const { bytes, start } of pieces) bytes.fill(1, start, start + size);
    // In mixed order.
    for (const piece of [...pieces.filter((_, i) => i % 3 === 0), ...pieces.filter((_, i) => i % 3 !== 0)])
      pool.release(piece);
  }
  expect(pool.allocated).toBe(2 * slab);
});

test('small blocks of memory are reused', () => {
  const pool = new HistoryPool(100_000);
  expect(pool.allocate(65_536)?.bytes.length).toBe(65_536);
  expect([pool.allocate(512), pool.allocated]).toEqual([undefined, 65_536]);
  expect(new HistoryPool(511).allocate(1)).toBeUndefined();
});
