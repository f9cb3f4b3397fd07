/** One dataset: the values of its file, and those that any thread has set or unset since. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../engine/make-folder.js';
import { writeWholeFile } from '../../engine/whole-file.js';
import type { Dataset } from './dataset.js';
import type { DatasetControl } from './dataset-control.js';
import type { Entry } from './dataset-files.js';
import { type DatasetType, lineOfValue, valueOfBytes } from './dataset-values.js';
import { FOREVER, nameHash, type SharedTable } from './shared-table.js';
import type { UnsavedValues } from './unsaved-values.js';

/** Longest name of a domain, and the dot before it (RFC 1035 2.3.4). */
const MAX_DOMAIN_LENGTH = 256;
const PRESENT = 1;
const REMOVED = 2;
/** Integers of a hash in a key. */
const HASH_INTS = 8;
/** Value index in an entry, after its state: number of times the set had been cleared at that time. */
const GENERATION = 1;
/** Value indices in the entry of a whole set: number of times it was cleared, and number of values removed. */
const CLEARED = 0;
const REMOVALS = 1;

export class ValueSet implements Dataset {
  loaded = false;
  savePath: string | undefined;
  private readonly values = new Map<string, Entry>();
  private readonly identity: readonly [number, number];
  /** Number of clears of any set, and of this one, at this thread's last check. */
  private lastCleared = 0;
  private generation = 0;

  constructor(
    private readonly table: SharedTable,
    private readonly control: DatasetControl,
    name: string,
    readonly type: DatasetType,
    private readonly subdomains: boolean,
    /** What this thread has set and unset, if that must be saved. */
    private readonly unsaved: UnsavedValues,
  ) {
    this.identity = nameHash(`dataset ${name}`);
  }

  /** The first of several entries with the same value wins. */
  addLoaded(entry: Entry): void {
    if (!this.values.has(entry.value)) this.values.set(entry.value, entry);
  }

  has(bytes: Uint8Array, start: number, end: number): boolean {
    return this.memberOf(bytes, start, end) !== undefined;
  }

  add(bytes: Uint8Array, start: number, end: number): boolean {
    const value = valueOfBytes(this.type, bytes, start, end);
    if (value === undefined) return false;
    this.addValue(value);
    return true;
  }

  remove(bytes: Uint8Array, start: number, end: number): void {
    const value = valueOfBytes(this.type, bytes, start, end);
    if (value !== undefined) this.removeValue(value);
  }

  reputation(bytes: Uint8Array, start: number, end: number): number | undefined {
    return this.entryOf(bytes, start, end)?.reputation;
  }

  json(bytes: Uint8Array, start: number, end: number): string | undefined {
    return this.entryOf(bytes, start, end)?.json;
  }

  // ── values in the form of `dataset-values.ts` ──

  holds(value: string): boolean {
    this.updateGeneration();
    const shared = this.state(value, 0);
    return shared === PRESENT || (shared !== REMOVED && this.generation === 0 && this.values.has(value));
  }

  addValue(value: string): void {
    this.updateGeneration();
    this.state(value, PRESENT);
    if (this.savePath !== undefined) this.unsaved.add(value, this.generation);
  }

  removeValue(value: string): void {
    this.updateGeneration();
    this.state(value, REMOVED);
    if (this.savePath === undefined) return;
    this.withEntry(undefined, true, (ints, v) => ++ints[v + REMOVALS]!);
    this.unsaved.remove(value);
  }

  /** Removes all values, for all threads. */
  clear(): void {
    this.updateGeneration();
    this.generation = this.withEntry(undefined, true, (ints, v) => ++ints[v + CLEARED]!);
    this.unsaved.clear();
    this.control.countCleared();
    const { savePath } = this;
    if (savePath !== undefined && existsSync(savePath))
      this.control.exclusively(() => writeFileSync(savePath, ''));
  }

  /** Adds to the file what this thread has set, and removes what it has unset. */
  save(): void {
    const { savePath } = this;
    if (savePath === undefined) return;
    this.updateGeneration();
    this.control.exclusively(() => this.saveIn(savePath));
  }

  private saveIn(savePath: string): void {
    makeFolder(dirname(savePath));
    const lines = new Set(linesOf(savePath));
    for (const value of this.known()) lines.add(lineOfValue(this.type, value));
    for (const value of this.unsaved.removed)
      if (!this.holds(value)) lines.delete(lineOfValue(this.type, value));
    writeSet(savePath, [...lines].map(line => `${line}\n`).join(''));
  }

  /** Values that this thread has read or set, without those that any thread has removed since. */
  private known(): string[] {
    const added = [...this.unsaved.added]
      .filter(([, era]) => era === this.generation)
      .map(([value]) => value);
    const values = this.generation === 0 ? [...this.values.keys(), ...added] : added;
    const removals = this.withEntry(undefined, false, (ints, v) => ints[v + REMOVALS]!);
    return removals > 0 ? values.filter(value => this.holds(value)) : values;
  }

  private entryOf(bytes: Uint8Array, start: number, end: number): Entry | undefined {
    const member = this.memberOf(bytes, start, end);
    return member === undefined ? undefined : this.values.get(member);
  }

  /** The value as which the bytes are in the set. */
  private memberOf(bytes: Uint8Array, start: number, end: number): string | undefined {
    const value = valueOfBytes(this.type, bytes, start, end);
    if (value === undefined || this.holds(value)) return value;
    if (!this.subdomains) return undefined;
    // Each part that is looked up is hashed: of long values with very many dots, those that no domain can be are not.
    const first = Math.max(1, value.length - MAX_DOMAIN_LENGTH);
    for (let dot = value.indexOf('.', first); dot > 0; dot = value.indexOf('.', dot + 1)) {
      const above = value.slice(dot);
      if (this.holds(above)) return above;
    }
    return undefined;
  }

  /** Most runs never clear a set: then nothing is looked up. */
  private updateGeneration(): void {
    const { cleared } = this.control;
    if (cleared === this.lastCleared) return;
    this.lastCleared = cleared;
    const era = Math.max(
      0,
      this.withEntry(undefined, false, (ints, v) => ints[v + CLEARED]!),
    );
    if (era !== this.generation) this.unsaved.clear();
    this.generation = era;
  }

  /** State of a value shared by all threads. @param change 0 only queries */
  private state(value: string, change: number): number {
    return this.withEntry(value, change !== 0, (ints, v) => {
      if (change !== 0) {
        ints[v] = change;
        ints[v + GENERATION] = this.generation;
      }
      return ints[v + GENERATION] === this.generation ? ints[v]! : 0;
    });
  }

  /** @param value undefined: the entry of the whole set */
  private withEntry(
    value: string | undefined,
    make: boolean,
    change: (ints: Int32Array, v: number) => number,
  ): number {
    const { key } = this.table;
    key.fill(0);
    key[0] = this.identity[0];
    key[1] = this.identity[1];
    if (value !== undefined) this.fillHash(key, value);
    return this.table.with(0, make, (ints, v) => {
      if (make) this.table.keepUntil(v, FOREVER);
      return change(ints, v);
    });
  }

  private fillHash(key: Int32Array, value: string): void {
    const hash = createHash('sha256').update(value, 'latin1').digest();
    for (let i = 0; i < HASH_INTS; i++) key[2 + i] = hash.readInt32LE(i * 4);
  }
}

function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '');
}

/**
 * A full disk must not destroy existing values; if no files can be created in the folder, the file is overwritten in
 * place.
 */
function writeSet(savePath: string, text: string): void {
  const there = existsSync(savePath);
  const path = there ? realpathSync(savePath) : savePath;
  try {
    writeWholeFile(path, `${path}.tmp`, text, there ? statSync(path).mode : undefined);
  } catch (error) {
    if (!there || (error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    writeFileSync(path, text);
  }
}
