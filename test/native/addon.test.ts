/** Properties of the addon alone: threads, sizes, and checks of its arguments. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { PATTERN_PREFILTER, PATTERN_REGEX } from '../../engine/native/patterns.js';
import { type Native, native } from '../../engine/native.js';

const addon = native() as Native;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe.runIf(addon)('native addon', () => {
  it('names its libraries', () => {
    expect(addon.versions['hyperscan']).toMatch(/^5\./);
    expect(addon.versions['pcre2']).toMatch(/^10\./);
  });

  it('gives the thread id of the calling thread', () => {
    const status = () => readFileSync(`/proc/self/task/${addon.threadId()}/status`, 'latin1');
    const allowed = /Cpus_allowed_list:\t(.*)/.exec(status())![1]!;
    const first = Number(/^\d+/.exec(allowed)![0]);
    const cpus = allowed.split(',').flatMap(range => {
      const [from, to] = range.split('-').map(Number);
      return Array.from({ length: (to ?? from!) - from! + 1 }, (_, i) => from! + i);
    });
    const name = /Name:\t(.*)/.exec(status())![1]!;
    addon.setThreadName('a name that is too long');
    addon.setAffinity([first]);
    expect(status()).toContain('Name:\ta name that is \n');
    expect(status()).toContain(`Cpus_allowed_list:\t${first}\n`);
    addon.setAffinity(cpus);
    addon.setThreadName(name);
    expect(status()).toContain(`Cpus_allowed_list:\t${allowed}\n`);
    expect(() => addon.setAffinity([])).toThrow(/affinity/);
    expect(() => addon.setAffinity([-1])).toThrow(/CPU number/);
    expect(() => addon.setAffinity([1e9])).toThrow(/CPU number/);
  });

  it('measures CPU time', () => {
    const before = addon.threadCpuSeconds();
    for (let i = 0; i < 1e6; i++) Math.sqrt(i);
    expect(addon.threadCpuSeconds()).toBeGreaterThan(before);
  });

  it('matches expressions and literals in one database', () => {
    const patterns = [
      { id: 1, bytes: bytes('a.c'), flags: 0 },
      { id: 2, bytes: bytes('a.c'), flags: PATTERN_REGEX },
      { id: 3, bytes: bytes('(a)b+\\1'), flags: PATTERN_REGEX | PATTERN_PREFILTER },
    ];
    const database = addon.compileDatabase(patterns, false);
    const matches = new Uint32Array(9);
    expect(addon.scan(bytes('abc a.c aba'), Uint32Array.of(database, 0, 0, 11), 1, matches)).toBe(3);
    const found = [0, 3, 6].map(i => [matches[i + 1], matches[i + 2]]).sort();
    expect(found).toEqual([
      [1, 7],
      [2, 3],
      [3, 11],
    ]);
    expect(() =>
      addon.compileDatabase([{ id: 44, bytes: bytes('(a)\\1'), flags: PATTERN_REGEX }], false),
    ).toThrow(/pattern 44/);
    expect(() =>
      addon.compileDatabase([{ id: 45, bytes: bytes('a\0'), flags: PATTERN_REGEX }], false),
    ).toThrow(/45 holds a zero/);
    addon.releaseDatabase(database);
  });

  it('returns matches in parts', () => {
    const patterns = Array.from('abcdef', (letter, id) => ({ id, bytes: bytes(letter), flags: 0 }));
    const database = addon.compileDatabase(patterns, false);
    const few = new Uint32Array(7);
    expect(addon.scan(bytes('abcdef'), Uint32Array.of(database, 0, 0, 6), 1, few)).toBe(6);
    expect([...few]).toEqual([0, 0, 1, 0, 1, 2, 0]);
    expect(addon.moreMatches(4, few)).toBe(2);
    expect([...few.subarray(0, 6)]).toEqual([0, 4, 5, 0, 5, 6]);
    expect(addon.moreMatches(6, few)).toBe(0);
  });

  it('gives the size of databases and streams', () => {
    const patterns = [{ id: 1, bytes: bytes('needle'), flags: 0 }];
    expect(addon.databaseSize(addon.compileDatabase(patterns, false)).streamBytes).toBe(0);
    const { bytes: size, streamBytes } = addon.databaseSize(addon.compileDatabase(patterns, true));
    expect(size).toBeGreaterThan(100);
    expect(streamBytes).toBeGreaterThan(4);
  });

  it('rejects invalid arguments with an error', () => {
    const call = (name: keyof Native, ...args: unknown[]) =>
      (addon[name] as (...all: unknown[]) => unknown)(...args);
    const junk: unknown[] = [
      undefined,
      null,
      -1,
      1e20,
      Number.NaN,
      'x',
      {},
      [],
      [{}],
      new Float64Array(3),
      Symbol('s'),
    ];
    const functions = Object.keys(addon).filter(name => typeof addon[name as keyof Native] === 'function');
    const harmless = ['openDatagramSocket', 'threadId', 'threadCpuSeconds', 'trimMemory'];
    for (const name of functions.filter(each => !harmless.includes(each)) as (keyof Native)[]) {
      expect(() => call(name), name).toThrow();
      for (const value of junk) {
        const isText =
          ['setThreadName', 'notifyService', 'loadMagic', 'deviceIndex'].includes(name) &&
          typeof value === 'string';
        if (!isText)
          expect(
            () => call(name, value, value, value, value, value, value),
            `${name} ${String(value)}`,
          ).toThrow();
      }
    }
  });

  it('keeps databases when the thread that compiled them ends', async () => {
    const url = new URL('../../dist/test/native/compile-worker.js', import.meta.url);
    const worker = new Worker(url, { workerData: 'needle' });
    const ended = new Promise(resolve => worker.once('exit', resolve));
    const database = await new Promise<number>(resolve => worker.once('message', resolve));
    await ended;
    const matches = new Uint32Array(3);
    expect(addon.scan(bytes('a needle'), Uint32Array.of(database, 0, 0, 8), 1, matches)).toBe(1);
    expect([...matches]).toEqual([0, 1, 8]);
  });

  it('lets threads scan while databases are compiled and released', async () => {
    const url = new URL('../../dist/test/native/churn-worker.js', import.meta.url);
    const workers = [1, 2, 3].map(seed => new Worker(url, { workerData: { seed, rounds: 300 } }));
    const wrong = await Promise.all(
      workers.map(worker => new Promise(resolve => worker.once('message', resolve))),
    );
    expect(wrong).toEqual([0, 0, 0]);
  });
});
