/** Cache files: written atomically, and removed when they have not been read for a long time. */
import { readdirSync, readFileSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../engine/make-folder.js';
import { writeWholeFile } from '../../engine/whole-file.js';

export interface CacheSettings {
  readonly folder: string;
  /** Seconds after which an unread file is removed; 0: never. */
  readonly maxAge: number;
  /** Called once if files cannot be written. */
  readonly warn: (message: string) => void;
}

/** Only files with names of this form are removed: the folder may contain other files. */
const OURS = /^[0-9a-f]{40}\.(patterns|rules)$/;

export class CacheFolder {
  private broken = false;

  /** @param now seconds since the epoch */
  constructor(
    private readonly settings: CacheSettings,
    private readonly now = Date.now() / 1000,
  ) {}

  /** @returns undefined if the file cannot be read */
  read(name: string): Buffer | undefined {
    try {
      const path = join(this.settings.folder, name);
      const bytes = readFileSync(path);
      this.wasRead(path);
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** The file may belong to another user but still be readable: e.g. root, before the service dropped privileges. */
  private wasRead(path: string): void {
    try {
      utimesSync(path, this.now, this.now);
    } catch {
      // Its age then counts from the time of writing.
    }
  }

  write(name: string, ...parts: readonly Uint8Array[]): void {
    const { folder, warn } = this.settings;
    if (this.broken) return;
    try {
      makeFolder(folder);
      // Other processes may read or write at the same time.
      const temporary = join(folder, `${name}.${process.pid}`);
      writeWholeFile(join(folder, name), temporary, parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    } catch (error) {
      this.broken = true;
      warn(`compiled patterns cannot be cached in ${folder}: ${(error as Error).message}`);
    }
  }

  /** Removes files that have not been read for too long. @returns number of files removed */
  prune(): number {
    const { folder, maxAge } = this.settings;
    if (maxAge === 0 || this.broken) return 0;
    const names = readdirSync(folder).filter(name => OURS.test(name));
    return names.filter(name => this.removeIfOld(join(folder, name), maxAge)).length;
  }

  /** Another process may remove it at the same time. */
  private removeIfOld(path: string, maxAge: number): boolean {
    try {
      if (this.now - statSync(path).mtimeMs / 1000 <= maxAge) return false;
      unlinkSync(path);
      return true;
    } catch {
      return false;
    }
  }
}
