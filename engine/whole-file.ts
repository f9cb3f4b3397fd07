import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Replaces a file atomically: even with a full disk, readers see either the old or the new content.
 * @param half temporary path in the same folder
 * @param mode of the file, as for `open`
 * @throws Error of the file system
 */
export function writeWholeFile(path: string, half: string, content: string | Uint8Array, mode = 0o666): void {
  try {
    writeFileSync(half, content, { mode });
    renameSync(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
}
