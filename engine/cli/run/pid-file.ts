/** The file that says which process a run is, for those who send it signals. */
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { UsageError } from '../usage-error.js';

/** @param path none is written when empty  @throws UsageError when it cannot be written */
export function writePidFile(path: string): void {
  if (path === '') return;
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch (error) {
    throw new UsageError(`pid-file: ${path} cannot be written: ${(error as Error).message}`);
  }
}

/**
 * Somebody else may have the number soon. The file of another run stays.
 * @param tell hears of a file that cannot be removed: its folder may not be one that the user after the start may change
 */
export function removePidFile(path: string, tell: (message: string) => void): void {
  if (path === '') return;
  try {
    if (Number(readFileSync(path, 'utf8')) === process.pid) unlinkSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') tell(`pid-file: ${path} stays: ${message}`);
  }
}
