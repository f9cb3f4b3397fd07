/** What kind of file bytes seem to be: by libmagic where the addon finds it, else by a small table of our own. */
import { native } from '../native.js';
import { kindByTable } from './magic-table.js';

/** First bytes of a file that are looked at. */
export const MAGIC_BYTES = 1024;
/** So many are enough to name a kind while more of the file comes. */
export const ENOUGH_FOR_MAGIC = 512;

/** @param bytes the first bytes of a file, at least one @returns its kind in the words of file(1) */
export type KindOf = (bytes: Uint8Array) => string;

/** @param database path of a database of libmagic; that of the system when empty */
export function kindReader(database: string): KindOf {
  let loaded: boolean | undefined;
  return bytes => {
    // Loading takes a few milliseconds and megabytes: only where somebody asks.
    loaded ??= native()?.loadMagic(database) ?? false;
    const found = loaded ? native()!.kindOfFile(bytes) : undefined;
    return found ?? kindByTable(bytes);
  };
}
