/** File type detection: by libmagic if the addon finds it, otherwise by a small built-in table. */
import { native } from '../native.js';
import { kindByTable } from './magic-table.js';

/** Number of leading bytes of a file that are examined. */
export const MAGIC_BYTES = 1024;
/** Enough bytes to determine the type while more of the file arrives. */
export const ENOUGH_FOR_MAGIC = 512;

/** @param bytes the first bytes of a file, at least one @returns its type as described by file(1) */
export type KindOf = (bytes: Uint8Array) => string;

/** @param database path of a libmagic database; empty: the system's */
export function kindReader(database: string): KindOf {
  let loaded: boolean | undefined;
  return bytes => {
    // Loading takes a few milliseconds and megabytes: only on demand.
    loaded ??= native()?.loadMagic(database) ?? false;
    const found = loaded ? native()!.kindOfFile(bytes) : undefined;
    return found ?? kindByTable(bytes);
  };
}
