/** Tells when one of some files changes. */
import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Changes come in bursts: an editor writes a file in several steps. */
const BURST_MS = 50;

/**
 * Folders are watched, since editors put new files in the place of old ones.
 * @returns stops watching
 */
export function onChange(files: readonly string[], changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, BURST_MS);
  };
  const watchers = [...namesByFolder(files)].map(([folder, names]) =>
    watch(folder, (_, name) => {
      if (name === null || names.has(name)) soon();
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

function namesByFolder(files: readonly string[]): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const file of files.map(each => resolve(each))) {
    const names = folders.get(dirname(file)) ?? new Set();
    folders.set(dirname(file), names.add(basename(file)));
  }
  return folders;
}
