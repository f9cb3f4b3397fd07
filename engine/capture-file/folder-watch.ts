/** The files of a folder as they become ready, for a folder to which files are added while it is read. */
import { captureFiles, type FoundFile } from './file-list.js';

export class FolderWatch {
  private lastScan = Number.NEGATIVE_INFINITY;
  /** Change time of the newest file returned, and the files with that time: all others are older. */
  private newest = Number.NEGATIVE_INFINITY;
  private newestPaths = new Set<string>();

  /**
   * @param delay a file is considered complete if it has not changed for this many milliseconds
   * @param interval milliseconds between two scans of the folder
   */
  constructor(
    private readonly folder: string,
    private readonly delay: number,
    private readonly interval: number,
  ) {}

  /** Files that became ready since the last call, oldest first. @param now milliseconds since the epoch */
  ready(now: number): FoundFile[] {
    if (now - this.lastScan < this.interval) return [];
    this.lastScan = now;
    const ready = captureFiles([this.folder], false).filter(
      file => this.isNew(file) && file.changed <= now - this.delay,
    );
    for (const file of ready) this.markReturned(file);
    return ready;
  }

  private isNew(file: FoundFile): boolean {
    return file.changed > this.newest || (file.changed === this.newest && !this.newestPaths.has(file.path));
  }

  private markReturned(file: FoundFile): void {
    if (file.changed > this.newest) this.newestPaths.clear();
    this.newest = file.changed;
    this.newestPaths.add(file.path);
  }
}
