/** The pid file, for programs that send the run signals. */
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { UsageError } from '../usage-error.js';

/** A program of that name, with or without an extension, as a word of a command line. */
const SLUICE = /(^|[/\0])sluice(\.\w+)?(\0|$)/;

/**
 * @param path not written when empty
 * @throws UsageError when it cannot be written, or belongs to another run, whose pid would be lost
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

/** The process in the file, if it is a run of Sluice: after a crash the pid may be reused. */
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
 * The pid may soon be reused. The file of another run is kept.
 * @param tell called if the file cannot be removed: after dropping privileges its folder may not be writable
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
