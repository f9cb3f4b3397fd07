import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file that others find whole or as it was: a full disk leaves neither a part of it nor of what was there.
 * @param half where it is written first, in the same folder
 * @param mode of the file, as `open` takes it
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
