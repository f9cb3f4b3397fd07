import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { type LogFileSettings, settingsOf } from '../../engine/log-file/settings.js';
import { LogFile } from '../../engine/log-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const DEFAULTS: LogFileSettings = {
  ...{ append: true, mode: 0o644, rotateInterval: 0, rotateSize: Number.POSITIVE_INFINITY, bufferSize: 64 },
};
const bytes = (text: string) => Buffer.from(text);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

function open(
  name: string,
  settings: Partial<LogFileSettings> = {},
  now?: () => number,
  report?: (text: string) => void,
): LogFile {
  return new LogFile(join(folder, name), { ...DEFAULTS, ...settings }, now, report);
}

test('lines are buffered, and complete in the file', () => {
  const log = open('below/a.log');
  log.write(bytes('one\n'));
  expect(read('below/a.log')).toBe('');
  log.write(bytes(`${'x'.repeat(62)}\n`));
  expect(read('below/a.log')).toBe('one\n');
  log.write(bytes(`${'y'.repeat(200)}\n`));
  log.close();
  expect(read('below/a.log')).toBe(`one\n${'x'.repeat(62)}\n${'y'.repeat(200)}\n`);
  expect(log.counts).toEqual({ bytes: 268, errors: 0, lost: 0 });
});

test('a log is appended to, or truncated', () => {
  writeFileSync(join(folder, 'a.log'), 'old\n');
  open('a.log').close();
  expect(read('a.log')).toBe('old\n');
  const log = open('a.log', { append: false });
  log.write(bytes('new\n'));
  log.rotate();
  log.close();
  expect(read('a.log')).toBe('new\n');
});

test('a moved file is complete, and a new one is begun', () => {
  const log = open('a.log', { mode: 0o600 });
  log.write(bytes('one\n'));
  renameSync(join(folder, 'a.log'), join(folder, 'a.log.1'));
  log.rotate();
  log.write(bytes('two\n'));
  log.close();
  expect([read('a.log.1'), read('a.log')]).toEqual(['one\n', 'two\n']);
  expect(statSync(join(folder, 'a.log')).mode & 0o777).toBe(0o600);
  open('a.log', { mode: 0o666, exactMode: true }).close();
  expect(statSync(join(folder, 'a.log')).mode & 0o777).toBe(0o666);
});

test('files are rotated by time, with the time in the name, or by size', () => {
  let now = Date.UTC(2016, 6, 13, 12, 59, 59) / 1000;
  const timed = open('%Y-%M-%S-%%.log', { rotateInterval: 60 }, () => now);
  timed.write(bytes('one\n'));
  now += 1;
  timed.flush();
  timed.write(bytes('two\n'));
  timed.close();
  expect(readdirSync(folder).map(name => [name, read(name)])).toEqual([
    ['2016-00-00-%.log', 'two\n'],
    ['2016-59-59-%.log', 'one\n'],
  ]);
  const sized = open('%s', { rotateSize: 3 }, () => now++);
  for (const line of ['one\n', 'two\n']) {
    sized.write(bytes(line));
    sized.flush();
  }
  sized.close();
  expect(readdirSync(folder)).toHaveLength(5);
});

test('a full disk loses lines and counts them, without further consequences', () => {
  const messages: string[] = [];
  const log = new LogFile('/dev/full', DEFAULTS, undefined, message => messages.push(message));
  for (let i = 0; i < 20; i++) log.write(bytes('0123456789\n'));
  log.close();
  expect(log.counts.lost).toBe(20);
  expect(log.counts.bytes).toBe(0);
  expect(messages).toEqual([expect.stringContaining('ENOSPC'), '/dev/full: 20 lines were lost']);
});

test('lost lines are reported when writing resumes', () => {
  const messages: string[] = [];
  const blocked = join(folder, 'blocked');
  writeFileSync(blocked, '');
  const log = open('blocked/b.log', { bufferSize: 8 }, undefined, message => messages.push(message));
  for (const line of ['first.\n', 'second.\n', 'third\nfourth\n']) log.write(bytes(line));
  rmSync(blocked);
  log.write(bytes('fifth.\n'));
  log.flush();
  expect(messages).toEqual([
    expect.stringContaining('lines are buffered as long as there is room'),
    `${blocked}/b.log: 3 lines were lost, writing has resumed`,
  ]);
  log.write(bytes('sixth.\n'));
  log.close();
  expect(read('blocked/b.log')).toBe('first.\nfifth.\nsixth.\n');
  expect([log.lost, messages.length]).toEqual([3, 2]);
});

test('each lost line is counted, also of several written at once', () => {
  const log = new LogFile('/dev/full', { ...DEFAULTS, bufferSize: 8 });
  log.write(bytes('kept..\n'));
  log.write(bytes('one\ntwo\nthree\n'));
  expect(log.counts.lost).toBe(3);
});

test('a file that cannot be opened is tried again', () => {
  const log = open('a.log/b.log');
  log.close();
  writeFileSync(join(folder, 'blocked'), '');
  const blocked = open('blocked/b.log');
  blocked.write(bytes('one\n'));
  blocked.flush();
  rmSync(join(folder, 'blocked'));
  blocked.close();
  expect(read('blocked/b.log')).toBe('one\n');
  expect(blocked.counts.errors).toBe(2);
});

test('errors are reported when they begin, and when they begin again', () => {
  const messages: string[] = [];
  const blocked = join(folder, 'blocked');
  const log = open('blocked/b.log', {}, undefined, message => messages.push(message));
  for (const line of ['one\n', 'two\n']) {
    rmSync(blocked, { recursive: true });
    writeFileSync(blocked, '');
    log.rotate();
    log.rotate();
    rmSync(blocked);
    log.write(bytes(line));
    log.flush();
    expect(read('blocked/b.log')).toBe(line);
  }
  expect(messages).toHaveLength(2);
  log.close();
});

/** Opens a pipe without waiting for a writer. */
const readerOf = (path: string): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);

test('lines to a pipe without a reader wait for one, those beyond the buffer are counted', () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const messages: string[] = [];
  const log = open('pipe', {}, undefined, text => messages.push(text));
  for (const line of ['one', 'two']) log.write(bytes(`${line}\n`.padStart(30)));
  log.flush();
  for (const line of ['three', 'four']) log.write(bytes(`${line}\n`.padStart(30)));
  expect([log.counts.bytes, log.counts.lost]).toEqual([0, 2]);
  expect(messages).toEqual([`${path}: the pipe has no reader; lines are buffered as long as there is room`]);

  const reader = readerOf(path);
  log.flush();
  const into = Buffer.alloc(100);
  expect(into.toString('latin1', 0, readSync(reader, into)).split(/\s+/)).toEqual(['', 'one', 'two', '']);
  expect(messages[1]).toBe(`${path}: 2 lines were lost, writing has resumed`);
  closeSync(reader);
  log.write(bytes('five\n'));
  log.close();
  expect(log.counts.lost).toBe(3);
});

test('after the reader of a pipe has closed, the next one begins with a complete line', () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const messages: string[] = [];
  const reader = readerOf(path);
  const log = open('pipe', { bufferSize: 1 << 20 }, undefined, text => messages.push(text));
  const sent = 90_000;
  for (let i = 0; i < sent; i++) log.write(bytes(`${i}\n`.padStart(10)));
  // The pipe holds less than that, and ends within a line.
  log.flush();
  closeSync(reader);
  log.flush();
  expect(messages.at(-1)).toMatch(/EAGAIN/);
  const inPipe = Math.ceil(log.counts.bytes / 10);

  const next = readerOf(path);
  log.flush();
  const into = Buffer.alloc(1 << 17);
  const got = into.toString('latin1', 0, readSync(next, into));
  expect(Number(got.slice(0, 10))).toBe(inPipe);
  expect(log.counts.lost).toBe(log.counts.bytes % 10 === 0 ? 0 : 1);
  log.close();
  closeSync(next);
});

test('a full pipe is waited for no longer than a full disk', () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const messages: string[] = [];
  const reader = readerOf(path);
  const log = open('pipe', { bufferSize: 4096 }, undefined, text => messages.push(text));
  const line = bytes(`${'x'.repeat(99)}\n`);
  for (let i = 0; i < 20_000; i++) log.write(line);
  expect(log.counts.lost).toBeGreaterThan(10_000);
  expect(messages[0]).toMatch(/pipe: EAGAIN.*; lines are buffered as long as there is room/);

  // A late reader gets complete lines, and those written from then on.
  const into = Buffer.alloc(1 << 20);
  const got = readSync(reader, into);
  expect(into.toString('latin1', 0, 200)).toBe(line.toString().repeat(2));
  log.flush();
  expect(readSync(reader, into)).toBeGreaterThan(0);
  expect(got).toBeGreaterThan(0);
  log.close();
  closeSync(reader);
});

describe('settings', () => {
  const outputs = [
    { fast: { append: 'no' } },
    { 'eve-log': { filename: 'x.json', filemode: 600, 'rotate-interval': 'hour', 'rotate-size': '1mb' } },
    { 'eve-log': { filename: '/other/x.json', 'rotate-interval': '30m' } },
  ];
  const config = new Config({ 'default-log-dir': '/log', outputs });

  test.each<[string, Partial<LogFileSettings>]>([
    ['/log/fast.log', { append: false, mode: 0o644, exactMode: false, rotateInterval: 0 }],
    [
      '/log/x.json',
      { append: true, mode: 0o600, exactMode: true, rotateInterval: 3600, rotateSize: 2 ** 20 },
    ],
    ['/other/x.json', { rotateInterval: 1800, rotateSize: Number.POSITIVE_INFINITY }],
    ['/log/unknown', { append: true }],
  ])('of %s', (file, settings) => {
    expect(settingsOf(config, file)).toMatchObject(settings);
  });
});
