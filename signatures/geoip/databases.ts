/** MaxMind databases by path: each is read once, and again when its file has been replaced. */
import { readFileSync, statSync } from 'node:fs';
import { MaxMindDatabase } from './maxmind.js';

/** Name of the thread's store. */
export const GEOIP_DATABASES = 'geoip-databases';

export interface OpenedDatabase {
  readonly database?: MaxMindDatabase;
  /** Why it is not available. */
  readonly problem?: string;
}

export class GeoipDatabases {
  private readonly opened = new Map<string, OpenedDatabase & { readonly version: string }>();

  open(path: string): OpenedDatabase {
    const version = versionOf(path);
    const known = this.opened.get(path);
    if (known?.version === version) return known;
    const opened = { ...read(path), version };
    this.opened.set(path, opened);
    return opened;
  }
}

/** Changes with the file; empty if there is none. */
function versionOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}

function read(path: string): OpenedDatabase {
  try {
    return { database: new MaxMindDatabase(readFileSync(path)) };
  } catch (error) {
    return { problem: `${path}: ${(error as Error).message}` };
  }
}
