/** Expands a list of files and folders to files. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isStandardInput, isUndecodable } from './byte-input.js';

export interface FoundFile {
  readonly path: string;
  /** Time of its last change, in milliseconds since the epoch. */
  readonly changed: number;
  /** Found in a folder, not named explicitly: it may not be a capture. */
  readonly found: boolean;
}

/**
 * Files keep their position in the list; a folder is replaced by its files, ordered by change time, then by name.
 *
 * @param recursive folders inside folders too; links to folders are not followed
 * @throws Error of the operating system if an entry of the list does not exist
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

/** The sum of the sizes of regular files; undefined if one of them has no size (standard input, a pipe). */
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

/**
 * A file may disappear between listing and `stat`: then it is omitted. One with an undecodable name stays, to be
 * reported.
 */
function fileAt(path: string, entry: Dirent): FoundFile[] {
  if (!entry.isFile() && !entry.isSymbolicLink()) return [];
  const state = statSync(path, { throwIfNoEntry: false });
  if (!state && isUndecodable(entry.name)) return [{ path, changed: 0, found: true }];
  return state?.isFile() ? [{ path, changed: state.mtimeMs, found: true }] : [];
}

function byTime(a: FoundFile, b: FoundFile): number {
  return a.changed - b.changed || (a.path < b.path ? -1 : 1);
}
