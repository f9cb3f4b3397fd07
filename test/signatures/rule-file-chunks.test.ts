import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rulesOf } from '../../signatures/parser/lines.js';
import { chunksOf } from '../../signatures/parser/rule-file-chunks.js';

const FILE = '\ufeff# first\na one\n\nb \\\n  two \\\n three\r\nc\u00e4 four\n# five\nd';

describe('pieces of a rule file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pieces-'));
    writeFileSync(join(folder, 'a.rules'), FILE);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([1 << 20, 64, 17, 5, 4])('of %i bytes give the same rules', size => {
    const rules = [...chunksOf(join(folder, 'a.rules'), size)].flatMap(({ text, firstLine }) =>
      [...rulesOf(text, 'a.rules', firstLine)].map(({ text: rule, line }) => `${line}: ${rule}`),
    );
    expect(rules).toEqual(['2: a one', '4: b   two  three', '7: c\u00c3\u00a4 four', '9: d']);
  });

  it.each([
    ['a compressed file', '\x1f\x8b\x08\x08', 'compressed with gzip'],
    ['a file in another encoding', '\xff\xfea\0l\0e\0r\0t\0', 'not UTF-8'],
  ])('are not used for %s', (_, bytes, message) => {
    writeFileSync(join(folder, 'b.rules'), bytes, 'latin1');
    expect(() => [...chunksOf(join(folder, 'b.rules'))]).toThrow(message);
  });

  it('are not used for what is not a file', () => {
    expect(() => [...chunksOf(folder)]).toThrow('EISDIR');
    expect(() => [...chunksOf(join(folder, 'b.rules'))]).toThrow('ENOENT');
  });
});
