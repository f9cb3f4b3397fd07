import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { fileTests } from '../../engine/files/file-keywords.js';
import { fileInfo } from '../../engine/files/file-record.js';
import { fileSettings } from '../../engine/files/file-settings.js';
import { kindReader } from '../../engine/files/magic.js';
import { kindByTable } from '../../engine/files/magic-table.js';
import { TrackedFile } from '../../engine/files/tracked-file.js';
import { native } from '../../engine/native.js';
import type { Transaction } from '../../engine/protocol.js';
import { keywordMatches } from '../app/rule-keyword.js';

const ALL = {
  outputs: [{ 'eve-log': { types: [{ files: { 'force-hash': ['MD5', 'sha1'], 'force-magic': true } }] } }],
};
const settings = fileSettings(new Config(ALL));

function file(name: string, content: string): TrackedFile {
  const tracked = new TrackedFile(Buffer.from(name), false, settings);
  for (const character of content) tracked.append(Buffer.from(character));
  tracked.close();
  return tracked;
}

/** Whether a keyword matches a transaction with this file. */
function matches(keyword: string, argument: string, tracked: TrackedFile, folder?: string): boolean {
  const test = fileTests({ direction: 'either', begun: 0, closed: 1 }).find(
    each => each.keyword === keyword,
  )!;
  const transaction = { files: [tracked] } as unknown as Transaction;
  return keywordMatches(test, argument, transaction, false, folder ? ['/nowhere', folder] : undefined);
}

describe('file keywords', () => {
  const tracked = file('/a/Report.PDF', '%PDF-1.4 hello');
  it.each([
    ['filename', '"report"', true],
    ['filename', '!"report"', false],
    ['fileext', '"pdf"', true],
    ['fileext', '"df"', false],
    ['filemagic', '"PDF document"', true],
    ['filesize', '14', true],
    ['filesize', '<15', true],
    ['filesize', '>14', false],
    ['filesize', '10<>20', true],
    ['filesize', '13-15', true],
    ['filesize', '14-20', false],
    ['filesize', '!14-20', true],
    ['filesize', '0x0e', true],
    ['filesize', '!=14', false],
    ['filesize', '>1MB', false],
    ['filesize', '!14', false],
    ['filesize', '&0x8=8', true],
    ['filesize', '&0x8!=8', false],
  ])('%s:%s', (keyword, argument, expected) => expect(matches(keyword, argument, tracked)).toBe(expected));

  it('names and texts differ in case in ASCII letters alone', () => {
    const accented = file('\u00e9A.txt', 'x');
    expect(matches('filename', '"|c3 a9|a."', accented)).toBe(true);
    expect(matches('filename', '"|e3 a9|a."', accented)).toBe(false);
  });

  it('digests are compared with a list', () => {
    const folder = mkdtempSync(join(tmpdir(), 'digests-'));
    writeFileSync(join(folder, 'list'), `# some\n${tracked.digest('md5')!.toUpperCase()} a name\n`);
    expect(matches('filemd5', 'list', tracked, folder)).toBe(true);
    expect(matches('filemd5', '!list', tracked, folder)).toBe(false);
    expect(matches('filemd5', 'list', file('x', 'other'), folder)).toBe(false);
    expect(() => matches('filesha1', 'list', tracked, folder)).toThrow('not a digest of 40 digits');
  });

  it.each(['', 'x', '5<>6', '9<>3'])('filesize:%s is rejected', argument => {
    expect(() => matches('filesize', argument, tracked)).toThrow();
  });
});

describe('tracked files', () => {
  it('are logged with type and digests', () => {
    expect(JSON.parse(fileInfo(file('a.txt', 'hello\n'), settings, 3, { id: undefined, sids: [7] }))).toEqual(
      {
        filename: 'a.txt',
        sid: [7],
        magic: 'ASCII text',
        gaps: false,
        state: 'CLOSED',
        md5: 'b1946ac92492d2347c6235b4d2611184',
        sha1: 'f572d396fae9206628714fb2ce00f72e94f2258f',
        stored: false,
        size: 6,
        tx_id: 3,
      },
    );
  });

  it('count gaps, and are truncated by them', () => {
    const tracked = new TrackedFile(Buffer.from('a'), true, settings);
    tracked.append(Buffer.from('abc'));
    tracked.gap(10);
    tracked.close();
    expect([tracked.size, tracked.state, tracked.digest('md5')]).toEqual([13, 'truncated', undefined]);
  });
});

describe('magic', () => {
  it.each([
    ['a', 'very short file (no magic)'],
    ['GIF89a\x01\0\x02\0', 'GIF image data, version 89a, 1 x 2'],
    [
      '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x02\x08\x06\0\0\0',
      'PNG image data, 1 x 2, 8-bit/color RGBA, non-interlaced',
    ],
    ['<!DOCTYPE html><html>', 'HTML document, ASCII text'],
    ['\0\x01\x02\x03', 'data'],
    ['plain', 'ASCII text, with no line terminators'],
  ])('of %j', (text, expected) => expect(kindByTable(Buffer.from(text, 'latin1'))).toBe(expected));
});

describe.skipIf(!native()?.loadMagic(''))('types by libmagic (skipped without it)', () => {
  const kindOf = kindReader('');

  it.each([
    ['GIF89a\x10\0\x20\0\0\0\0', 'GIF image data, version 89a, 16 x 32'],
    ['%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'PDF document, version 1.4'],
    ['\x1f\x8b\x08\0\0\0\0\0\0\x03', 'gzip compressed data'],
    ['hello\n', 'ASCII text'],
  ])('of %j', (text, expected) => expect(kindOf(Buffer.from(text, 'latin1'))).toContain(expected));

  it('falls back to the built-in table if the database does not exist', () => {
    expect(kindReader('/nowhere/magic.mgc')(Buffer.from('%PDF-1.4'))).toBe('PDF document, version 1.4');
    expect(native()!.loadMagic('')).toBe(true);
  });
});
