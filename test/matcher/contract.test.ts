/** Properties of every matcher. */
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { openMatcher } from '../../engine/matcher/open.js';
import {
  MATCH_INTS,
  type Matcher,
  type MatcherKind,
  PATTERN_CASELESS,
  type Pattern,
} from '../../engine/matcher.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import { native } from '../../engine/native.js';
import { randomNumbers } from '../pseudo-random.js';
import { firstEnds } from './naive.js';

const SIZE = 1 << 16;
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const pattern = (id: number, text: string, flags = 0): Pattern => ({ id, bytes: latin1(text), flags });

function open(kind: MatcherKind) {
  const memory = openMemory(allocateMemory(1, SIZE));
  return { memory, matcher: openMatcher(memory, kind) };
}

/** Matches of the last scan, by job, as [id, end] in order of the id. */
function matchesOf(matcher: Matcher, count: number, jobs = 1): [number, number][][] {
  const byJob: [number, number][][] = Array.from({ length: jobs }, () => []);
  for (let i = 0; i < count * MATCH_INTS; i += MATCH_INTS) {
    const [job, id, end] = matcher.matches.subarray(i, i + MATCH_INTS);
    byJob[job!]!.push([id!, end!]);
  }
  return byJob.map(found => found.sort((a, b) => a[0] - b[0]));
}

const sorted = (ends: Map<number, number>): [number, number][] => [...ends].sort((a, b) => a[0] - b[0]);

/** Scans `text` alone, at an unaligned offset. */
function scanText(kind: MatcherKind, patterns: Pattern[], text: string): [number, number][] {
  const { memory, matcher } = open(kind);
  const data = latin1(text);
  memory.bytes.set(data, 3);
  const database = matcher.compile(patterns, false);
  return matchesOf(matcher, matcher.scan(Uint32Array.of(database, 0, 3, data.length), 1))[0]!;
}

const kinds: MatcherKind[] = native() ? ['qgram', 'hyperscan'] : ['qgram'];

describe.each(kinds)('%s', kind => {
  it('finds patterns of all short lengths, at the beginning and the end', () => {
    for (let length = 1; length <= 16; length++) {
      const text = 'abcdefghijklmnop'.slice(0, length);
      for (const around of ['', '.', '..', '...', '.....']) {
        const found = scanText(kind, [pattern(5, text)], `${around}${text}${around}`);
        expect(found, `${length} ${around}`).toEqual([[5, around.length + length]]);
      }
    }
  });

  it('is case-sensitive unless the pattern is not', () => {
    const patterns = [
      pattern(1, 'GeT /'),
      pattern(2, 'GeT /', PATTERN_CASELESS),
      pattern(3, 'get @'),
      pattern(4, 'x[`'),
    ];
    expect(scanText(kind, patterns, 'get / X{@ x[`')).toEqual([
      [2, 5],
      [4, 13],
    ]);
  });

  it('treats bytes literally', () => {
    const text = '\0\n(.*)\\x41[a]$^ \xff';
    expect(scanText(kind, [pattern(1, text), pattern(2, 'A')], `..${text}`)).toEqual([[1, 2 + text.length]]);
  });

  it('reports an id once, with the first end of any of its patterns', () => {
    const patterns = [pattern(7, 'longer pattern'), pattern(7, 'ab'), pattern(8, 'aaa')];
    expect(scanText(kind, patterns, '.ab longer pattern ab aaaaaa')).toEqual([
      [7, 3],
      [8, 25],
    ]);
    expect(scanText(kind, patterns, 'longer pattern ab')).toEqual([[7, 14]]);
  });

  it('scans many jobs of several databases in one call, each separately', () => {
    const { memory, matcher } = open(kind);
    memory.bytes.set(latin1('one two three'), 0);
    const first = matcher.compile([pattern(1, 'one'), pattern(2, 'two')], false);
    const second = matcher.compile([pattern(0x7fffffff, 't')], false);
    const jobs = Uint32Array.of(
      first,
      0,
      0,
      13,
      second,
      0,
      0,
      13,
      first,
      0,
      4,
      9,
      first,
      0,
      1,
      5,
      first,
      0,
      0,
      0,
    );
    expect(matchesOf(matcher, matcher.scan(jobs, 5), 5)).toEqual([
      [
        [1, 3],
        [2, 7],
      ],
      [[0x7fffffff, 5]],
      [[2, 3]],
      [],
      [],
    ]);
  });

  it('reports all matches, however many', () => {
    const { memory, matcher } = open(kind);
    const patterns = Array.from({ length: 256 }, (_, i) => pattern(i, String.fromCharCode(i)));
    memory.bytes.set(Uint8Array.from({ length: 256 }, (_, i) => i));
    const database = matcher.compile(patterns, false);
    const jobs = Uint32Array.from({ length: 40 * 4 }, (_, i) => [database, 0, 0, 256][i % 4]!);
    expect(matcher.scan(jobs, 40)).toBe(40 * 256);
    const expected = Array.from({ length: 256 }, (_, i) => [i, i + 1]);
    for (const found of matchesOf(matcher, 40 * 256, 40)) expect(found).toEqual(expected);
  });

  it('reads to the last byte of the memory and not beyond', () => {
    const { memory, matcher } = open(kind);
    memory.bytes.set(latin1('abc'), SIZE - 3);
    const database = matcher.compile([pattern(1, 'c'), pattern(2, 'bc'), pattern(3, 'abc')], false);
    const found = matcher.scan(Uint32Array.of(database, 0, SIZE - 3, 3), 1);
    expect(matchesOf(matcher, found)[0]).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(() => matcher.scan(Uint32Array.of(database, 0, SIZE - 3, 4), 1)).toThrow(/beyond/);
  });

  it('finds patterns in a stream split into two or three pieces anywhere', () => {
    const patterns = [
      pattern(1, 'a'),
      pattern(2, 'bc'),
      pattern(3, 'abcdefgh'),
      pattern(4, 'FGH.', PATTERN_CASELESS),
      pattern(5, 'cdef'),
    ];
    const data = latin1('abcdefgh.abcdefgh');
    const { memory, matcher } = open(kind);
    memory.bytes.set(data, 1);
    const database = matcher.compile(patterns, true);
    for (let first = 0; first <= data.length; first++) {
      for (let second = first; second <= data.length; second++) {
        const stream = matcher.openStream(database);
        for (const [from, to] of [
          [0, first],
          [first, second],
          [second, data.length],
        ] as const) {
          const found = matcher.scan(Uint32Array.of(database, stream, 1 + from, to - from), 1);
          expect(matchesOf(matcher, found)[0]).toEqual(
            sorted(firstEnds(patterns, data.subarray(0, to), from)),
          );
        }
        matcher.closeStream(stream);
      }
    }
  });

  it('separates streams, and resets a reused stream number', () => {
    const { memory, matcher } = open(kind);
    memory.bytes.set(latin1('abcd'));
    const database = matcher.compile([pattern(1, 'abcd')], true);
    const streams = Array.from({ length: 40 }, () => matcher.openStream(database));
    const job = (stream: number, from: number, length: number) => [database, stream, from, length];
    matcher.scan(Uint32Array.from(streams.flatMap(stream => job(stream, 0, 2))), 40);
    for (const stream of streams.slice(20)) matcher.closeStream(stream);
    const again = streams.slice(20).map(() => matcher.openStream(database));
    const all = [...streams.slice(0, 20), ...again];
    const found = matcher.scan(Uint32Array.from(all.flatMap(stream => job(stream, 2, 2))), 40);
    const expected = all.map((_, i) => (i < 20 ? [[1, 2]] : []));
    expect(matchesOf(matcher, found, 40)).toEqual(expected);
  });

  it('agrees with a plain search on random patterns and data', () => {
    const random = randomNumbers(kind.length);
    for (let round = 0; round < 60; round++) {
      const letters = [2, 4, 30, 256][round % 4]!;
      const bytes = (length: number) => Uint8Array.from({ length }, () => (65 + random(letters)) & 255);
      const patterns = Array.from({ length: 1 + random(80) }, (): Pattern => {
        return { id: random(60), bytes: bytes(1 + random(random(2) ? 12 : 5)), flags: random(2) };
      });
      const { memory, matcher } = open(kind);
      const data = bytes(400);
      memory.bytes.set(data, 5);
      const block = matcher.compile(patterns, false);
      expect(matchesOf(matcher, matcher.scan(Uint32Array.of(block, 0, 5, 400), 1))[0]).toEqual(
        sorted(firstEnds(patterns, data)),
      );
      const streaming = matcher.compile(patterns, true);
      const stream = matcher.openStream(streaming);
      for (let from = 0, to = 0; from < 400; from = to) {
        to = Math.min(400, from + random(30));
        const found = matcher.scan(Uint32Array.of(streaming, stream, 5 + from, to - from), 1);
        expect(matchesOf(matcher, found)[0]).toEqual(sorted(firstEnds(patterns, data.subarray(0, to), from)));
      }
    }
  });

  it('is restored from its bytes, and rejects damaged ones', () => {
    const { memory, matcher } = open(kind);
    memory.bytes.set(latin1('xx Hello'));
    const bytes = matcher.serialize(matcher.compile([pattern(9, 'hello', PATTERN_CASELESS)], false));
    const database = matcher.deserialize(bytes);
    expect(matchesOf(matcher, matcher.scan(Uint32Array.of(database, 0, 0, 8), 1))[0]).toEqual([[9, 8]]);
    const damaged = Uint8Array.from(bytes);
    damaged[bytes.length - 1]! ^= 1;
    expect(() => matcher.deserialize(damaged)).toThrow(/damaged/);
    expect(() => matcher.deserialize(bytes.subarray(0, 9))).toThrow();
    expect(() => matcher.deserialize(new Uint8Array(0))).toThrow();
  });

  it('shares a database with another thread', async () => {
    const buffers = allocateMemory(1, SIZE);
    const matcher = openMatcher(openMemory(buffers), kind);
    openMemory(buffers).bytes.set(latin1('..needle'));
    const shared = matcher.exportDatabase(matcher.compile([pattern(3, 'needle')], false));
    const worker = new Worker(new URL('../../dist/test/matcher/scan-worker.js', import.meta.url), {
      workerData: { buffers, kind, shared, length: 8 },
    });
    const found = await new Promise(resolve => worker.once('message', resolve));
    await worker.terminate();
    expect(found).toEqual([0, 3, 8]);
  });

  it('rejects invalid arguments with an error', () => {
    const { matcher } = open(kind);
    const block = matcher.compile([pattern(1, 'a')], false);
    const streaming = matcher.compile([pattern(1, 'a')], true);
    const scan =
      (...job: number[]) =>
      () =>
        matcher.scan(Uint32Array.from(job), 1);
    expect(() => matcher.compile([], false)).toThrow(/no patterns/);
    expect(() => matcher.compile([pattern(12, '')], false)).toThrow(/12 is empty/);
    expect(() => matcher.openStream(block)).toThrow(/not for streams/);
    expect(() => matcher.closeStream(4000)).toThrow(/no stream 4000/);
    expect(scan(streaming, 0, 0, 1)).toThrow(/for streams only/);
    expect(scan(streaming, 4001, 0, 1)).toThrow(/no stream 4001/);
    expect(scan(4000, 0, 0, 1)).toThrow(/no database 4000/);
    expect(scan(0, 0, 0, 1)).toThrow(/no database 0/);
    expect(() => matcher.scan(new Uint32Array(4), 2)).toThrow(/count/);
    matcher.release(block);
    expect(scan(block, 0, 0, 1)).toThrow(/no database/);
    expect(() => matcher.release(block)).toThrow(/no database/);
  });

  it('lets a stream outlive the release of its database', () => {
    const { memory, matcher } = open(kind);
    memory.bytes.set(latin1('abc'));
    const database = matcher.compile([pattern(1, 'abc')], true);
    const stream = matcher.openStream(database);
    matcher.release(database);
    expect(matchesOf(matcher, matcher.scan(Uint32Array.of(database, stream, 0, 3), 1))[0]).toEqual([[1, 3]]);
    matcher.closeStream(stream);
  });
});

it('opens the requested implementation, or the faster available one', () => {
  const memory = openMemory(allocateMemory(1, SIZE));
  expect(openMatcher(memory, 'qgram').kind).toBe('qgram');
  expect(openMatcher(memory, 'auto').kind).toBe(native() ? 'hyperscan' : 'qgram');
});
