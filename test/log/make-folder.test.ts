import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolder } from '../../engine/make-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('creates a folder and its parents, once', () => {
  makeFolder(join(folder, 'a/b/c'));
  makeFolder(join(folder, 'a/b/c'));
  expect(existsSync(join(folder, 'a/b/c'))).toBe(true);
});

it('fails if a file is in the way, or no folder can be created', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolder(join(folder, 'file/x'))).toThrow('ENOTDIR');
  expect(() => makeFolder('/proc/x/y')).toThrow('ENOENT');
});
