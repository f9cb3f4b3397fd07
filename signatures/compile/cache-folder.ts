/** Files of a cache: written whole or not at all, and removed when nobody read them for long. */
import { readdirSync, readFileSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../engine/make-folder.js';
import { writeWholeFile } from '../../engine/whole-file.js';

export interface CacheSettings {
  readonly folder: string;
  /** Seconds after which a file that was not read is removed; 0: never. */
  readonly maxAge: number;
  /** Told once when nothing can be kept. */
  readonly warn: (message: string) => void;
}

/** Only what lies under names of this form is removed: the folder may hold files of others. */
const OURS = /^[0-9a-f]{40}\.(patterns|rules)$/;

export class CacheFolder {
  private broken = false;

  /** @param now seconds since the epoch */
  constructor(
    private readonly settings: CacheSettings,
    private readonly now = Date.now() / 1000,
  ) {}

  /** @returns undefined for a file that cannot be read */
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

  /** A file of another user can be read all the same: root's, where a service became somebody else. */
  private wasRead(path: string): void {
    try {
      utimesSync(path, this.now, this.now);
    } catch {
      // Its age counts from when it was written.
    }
  }

  write(name: string, ...parts: readonly Uint8Array[]): void {
    const { folder, warn } = this.settings;
    if (this.broken) return;
    try {
      makeFolder(folder);
      // Another process may read at the same time, or write.
      const temporary = join(folder, `${name}.${process.pid}`);
      writeWholeFile(join(folder, name), temporary, parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    } catch (error) {
      this.broken = true;
      warn(`compiled patterns cannot be cached in ${folder}: ${(error as Error).message}`);
    }
  }

  /** Removes files that nobody read for too long. @returns how many */
  prune(): number {
    const { folder, maxAge } = this.settings;
    if (maxAge === 0 || this.broken) return 0;
    const names = readdirSync(folder).filter(name => OURS.test(name));
    return names.filter(name => this.removeIfOld(join(folder, name), maxAge)).length;
  }

  /** Another process may remove it as well. */
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
