import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and missing parent folders; an existing one is no error. Node's own `recursive` loops forever if a
 * folder cannot contain others (`/proc/x`).
 * @param mode of created folders, as for `mkdir`
 * @throws Error of the file system
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above, mode);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    // Created concurrently by another process.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
