/** Changes of files are heard, however editors write them. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileChanges } from '../../engine/cli/run/file-changes.js';

let folder: string;
let count = 0;
let changes: FileChanges;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-changes-'));
  count = 0;
  changes = new FileChanges(() => {
    count++;
  });
});
afterEach(() => {
  changes.close();
  rmSync(folder, { recursive: true });
});

/** A new file in the place of the old one. */
function replace(path: string): void {
  writeFileSync(`${path}.new`, 'x');
  renameSync(`${path}.new`, path);
}

it('also when each change puts another file in the place of the one before', async () => {
  const path = join(folder, 'a.rules');
  writeFileSync(path, '');
  changes.add([path]);
  for (const heard of [1, 2, 3]) {
    replace(path);
    await expect.poll(() => count).toBe(heard);
  }
});

it('of files that are added later, and of no others', async () => {
  const below = join(folder, 'below');
  mkdirSync(below);
  changes.add([join(folder, 'a.rules')]);
  changes.add([join(folder, 'b.rules'), join(below, 'c.rules')]);
  writeFileSync(join(folder, 'other.rules'), '');
  for (const [i, path] of ['b.rules', 'below/c.rules', 'a.rules'].entries()) {
    replace(join(folder, path));
    await expect.poll(() => count).toBe(i + 1);
  }
  expect(() => changes.add([join(folder, 'none', 'd.rules')])).toThrow('ENOENT');
});
