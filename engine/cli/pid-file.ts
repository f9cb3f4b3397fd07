/** The file that says which process a run is, for those who send it signals. */
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { UsageError } from './usage-error.js';

/** @param path none is written when empty  @throws UsageError when it cannot be written */
export function writePidFile(path: string): void {
  if (path === '') return;
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch (error) {
    throw new UsageError(`pid-file: ${path} cannot be written: ${(error as Error).message}`);
  }
}

/** Somebody else may have the number soon. The file of another run stays, and one that its new user may not remove. */
export function removePidFile(path: string): void {
  if (path === '') return;
  try {
    if (Number(readFileSync(path, 'utf8')) === process.pid) unlinkSync(path);
  } catch {
    // It is not there, or stays.
  }
}
