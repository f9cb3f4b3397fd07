/** Which files a list of files and folders means. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isGarbled, isStandardInput } from './byte-input.js';

export interface FoundFile {
  readonly path: string;
  /** Time of its last change, in milliseconds since the epoch. */
  readonly changed: number;
  /** It was not named but found in a folder: it need not be a capture. */
  readonly found: boolean;
}

/**
 * Files stay where they are in the list; a folder gives its files, the one changed first in front (those
 * changed at once by name).
 *
 * @param recursive folders inside folders too; links to folders are not followed
 * @throws Error of the operating system when something of the list is not there
 */
export function captureFiles(paths: readonly string[], recursive: boolean): FoundFile[] {
  return paths.flatMap(path => {
    if (isStandardInput(path)) return [{ path, changed: 0, found: false }];
    const state = statSync(path);
    return state.isDirectory()
      ? filesOf(path, recursive).sort(byTime)
      : [{ path, changed: state.mtimeMs, found: false }];
  });
}

/** The sum of the sizes of regular files; undefined when one of them has no size (standard input, a pipe). */
export function totalSize(files: readonly FoundFile[]): number | undefined {
  let total = 0;
  for (const { path } of files) {
    const state = isStandardInput(path) ? undefined : statSync(path, { throwIfNoEntry: false });
    if (!state?.isFile()) return undefined;
    total += state.size;
  }
  return total;
}

function filesOf(folder: string, recursive: boolean): FoundFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return recursive ? filesOf(path, true) : [];
    return fileAt(path, entry);
  });
}

/** A file may vanish between listing and looking: then it is not there. One that has no readable name stays, to be told. */
function fileAt(path: string, entry: Dirent): FoundFile[] {
  if (!entry.isFile() && !entry.isSymbolicLink()) return [];
  const state = statSync(path, { throwIfNoEntry: false });
  if (!state && isGarbled(entry.name)) return [{ path, changed: 0, found: true }];
  return state?.isFile() ? [{ path, changed: state.mtimeMs, found: true }] : [];
}

function byTime(a: FoundFile, b: FoundFile): number {
  return a.changed - b.changed || (a.path < b.path ? -1 : 1);
}
