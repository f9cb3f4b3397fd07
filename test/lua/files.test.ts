/** Files written by scripts. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { LuaFiles } from '../../engine/lua/files.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-lua-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a full disk for one file does not affect others, and no file stays open', () => {
  const opened = () => readdirSync('/proc/self/fd').length;
  const before = opened();
  const files = new LuaFiles(() => {});
  const { open, write } = files.library.functions;
  for (const path of ['/dev/full', join(folder, 'a.log'), '/dev/full']) {
    const [number] = open!(path, 'a');
    write!(number, 'one\n');
  }
  expect(() => files.flushAll()).toThrow('ENOSPC');
  expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('one\n');
  files.close();
  expect(opened()).toBe(before);
});
