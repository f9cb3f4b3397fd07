/** The file that says which process a run is, for those who send it signals. */
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { UsageError } from '../usage-error.js';

/** A program of that name, with or without an ending, as a word of a command line. */
const SLUICE = /(^|[/\0])sluice(\.\w+)?(\0|$)/;

/**
 * @param path none is written when empty
 * @throws UsageError when it cannot be written, or is that of another run, which nobody could tell anything any more
 */
export function writePidFile(path: string): void {
  if (path === '') return;
  const other = runOf(path);
  if (other !== undefined)
    throw new UsageError(
      `pid-file: ${path} belongs to process ${other}, which is running; name another file`,
    );
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch (error) {
    throw new UsageError(`pid-file: ${path} cannot be written: ${(error as Error).message}`);
  }
}

/** The process that the file tells of, where that is a run: after a crash its number may be anybody's. */
function runOf(path: string): number | undefined {
  try {
    const id = Number(readFileSync(path, 'utf8'));
    if (!Number.isInteger(id) || id <= 0 || id === process.pid) return undefined;
    return SLUICE.test(readFileSync(`/proc/${id}/cmdline`, 'utf8')) ? id : undefined;
  } catch {
    return undefined;
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
    if (code !== 'ENOENT') tell(`pid-file: ${path} cannot be removed: ${message}`);
  }
}
