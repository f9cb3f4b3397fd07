import { accessSync, constants } from 'node:fs';
import { makeFolder } from '../../make-folder.js';
import { UsageError } from '../usage-error.js';

/**
 * A run whose records could not be written does not start.
 * @throws UsageError when the folder cannot be created, or is not writable
 */
export function checkLogFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(
      `${folder}: cannot write logs: ${(error as Error).message} (name another folder with -l)`,
    );
  }
}
