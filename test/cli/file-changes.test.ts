/** Notification of file changes, however editors write files. */
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

/** Replaces a file by a new one. */
function replace(path: string): void {
  writeFileSync(`${path}.new`, 'x');
  renameSync(`${path}.new`, path);
}

it('each change is reported if the file is replaced every time', async () => {
  const path = join(folder, 'a.rules');
  writeFileSync(path, '');
  changes.add([path]);
  for (const heard of [1, 2, 3]) {
    replace(path);
    await expect.poll(() => count).toBe(heard);
  }
});

it('changes of files added later are reported, of other files not', async () => {
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
