/** Signals changes of files. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Changes come in bursts: an editor writes a file in several steps. */
const DEBOUNCE_MS = 50;

/** Watches files through their folders, since editors replace files with new ones. */
export class FileChanges {
  /** File names by folder. */
  private readonly names = new Map<string, Set<string>>();
  private readonly watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param changed called once changes have settled */
  constructor(private readonly changed: () => void) {}

  /** Watches these files too. @throws file system Error when a folder cannot be watched */
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
      if (name === null || names.has(name)) this.scheduleNotification();
    });
    // A folder can no longer be watched: the state of its files shows when they are read.
    watcher.on('error', () => this.scheduleNotification());
    this.watchers.push(watcher);
    this.names.set(folder, names);
    return names;
  }

  private scheduleNotification(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.changed, DEBOUNCE_MS);
  }
}
