/** Tells when one of some files changes. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Changes come in bursts: an editor writes a file in several steps. */
const BURST_MS = 50;

/** Watches files by way of their folders, since editors put new files in the place of old ones. */
export class FileChanges {
  /** Names of files by their folder. */
  private readonly names = new Map<string, Set<string>>();
  private readonly watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param changed called when no more has changed for a moment */
  constructor(private readonly changed: () => void) {}

  /** Watches these as well. @throws Error of the file system when a folder cannot be watched */
  add(files: readonly string[]): void {
    for (const file of files) {
      const path = resolve(file);
      this.namesIn(dirname(path)).add(basename(path));
    }
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers) watcher.close();
  }

  private namesIn(folder: string): Set<string> {
    const known = this.names.get(folder);
    if (known) return known;
    const names = new Set<string>();
    const watcher = watch(folder, (_, name) => {
      if (name === null || names.has(name)) this.soon();
    });
    // A folder that cannot be watched any more: what becomes of its files is seen when they are read.
    watcher.on('error', () => this.soon());
    this.watchers.push(watcher);
    this.names.set(folder, names);
    return names;
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.changed, BURST_MS);
  }
}
