import { accessSync, constants } from 'node:fs';
import { makeFolder } from '../../make-folder.js';
import { UsageError } from '../usage-error.js';

/**
 * A run whose records nobody could ever read does not begin.
 * @throws UsageError when there is no such folder and it cannot be made, or nothing can be written there
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
