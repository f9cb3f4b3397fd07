/**
 * Datasets of one thread. What files hold is read by each thread; what is set or unset while running lies in a table
 * that all threads share, so that the number of threads changes nothing.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../engine/make-folder.js';
import type { DatasetDeclaration } from '../dataset-declaration.js';
import type { Dataset, Datasets } from '../keywords/datasets.js';
import { type Entry, readDataset } from './dataset-files.js';
import { type DatasetType, lineOfValue, valueOfBytes } from './dataset-values.js';
import { nameHash, type SharedTable } from './shared-table.js';

const PRESENT = 1;
const REMOVED = 2;
const FOREVER = 0x7fffffff;
/** Numbers of a hash in a key. */
const HASH_INTS = 8;

export class DatasetStore implements Datasets {
  private readonly sets = new Map<string, ValueSet>();

  /**
   * @param folder where sets are saved
   * @param problem told of files and lines that are not understood
   */
  constructor(
    private readonly table: SharedTable,
    private readonly folder: string,
    private readonly problem: (message: string) => void,
  ) {}

  open(declaration: DatasetDeclaration): Dataset {
    let set = this.sets.get(declaration.name);
    if (!set) {
      set = new ValueSet(
        this.table,
        declaration.name,
        declaration.type ?? 'string',
        declaration.subdomains === true,
      );
      this.sets.set(declaration.name, set);
    }
    if (declaration.load !== undefined) this.load(set, declaration);
    if (declaration.save !== undefined) set.savePath = join(this.folder, declaration.save);
    return set;
  }

  /** Writes the sets that are to be saved. */
  close(): void {
    for (const set of this.sets.values()) {
      try {
        set.save();
      } catch (error) {
        this.problem(`dataset cannot be saved in ${set.savePath}: ${(error as Error).message}`);
      }
    }
  }

  private load(set: ValueSet, declaration: DatasetDeclaration): void {
    if (set.loaded) return;
    set.loaded = true;
    try {
      for (const entry of readDataset(declaration, this.folder)) set.take(entry);
    } catch (error) {
      this.problem(`dataset ${declaration.name}: ${(error as Error).message}`);
    }
  }
}

class ValueSet implements Dataset {
  loaded = false;
  savePath: string | undefined;
  private readonly values = new Map<string, Entry>();
  private readonly added = new Set<string>();
  private readonly removed = new Set<string>();
  private readonly identity: readonly [number, number];

  constructor(
    private readonly table: SharedTable,
    name: string,
    readonly type: DatasetType,
    private readonly subdomains: boolean,
  ) {
    this.identity = nameHash(`dataset ${name}`);
  }

  /** Of entries with the same value the first one counts. */
  take(entry: Entry): void {
    if (!this.values.has(entry.value)) this.values.set(entry.value, entry);
  }

  has(bytes: Uint8Array, start: number, end: number): boolean {
    return this.memberOf(bytes, start, end) !== undefined;
  }

  /** The value that the bytes are in the set by. */
  private memberOf(bytes: Uint8Array, start: number, end: number): string | undefined {
    const value = valueOfBytes(this.type, bytes, start, end);
    if (value === undefined || this.holds(value)) return value;
    if (!this.subdomains) return undefined;
    for (let dot = value.indexOf('.', 1); dot > 0; dot = value.indexOf('.', dot + 1)) {
      const above = value.slice(dot);
      if (this.holds(above)) return above;
    }
    return undefined;
  }

  private holds(value: string): boolean {
    const shared = this.state(value, 0);
    return shared === PRESENT || (shared !== REMOVED && this.values.has(value));
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const value = valueOfBytes(this.type, bytes, start, end);
    if (value === undefined) return;
    this.state(value, PRESENT);
    this.added.add(value);
    this.removed.delete(value);
  }

  remove(bytes: Uint8Array, start: number, end: number): void {
    const value = valueOfBytes(this.type, bytes, start, end);
    if (value === undefined) return;
    this.state(value, REMOVED);
    this.removed.add(value);
    this.added.delete(value);
  }

  reputation(bytes: Uint8Array, start: number, end: number): number | undefined {
    return this.entryOf(bytes, start, end)?.reputation;
  }

  json(bytes: Uint8Array, start: number, end: number): string | undefined {
    return this.entryOf(bytes, start, end)?.json;
  }

  private entryOf(bytes: Uint8Array, start: number, end: number): Entry | undefined {
    const member = this.memberOf(bytes, start, end);
    return member === undefined ? undefined : this.values.get(member);
  }

  /** What all threads know of a value. @param change 0 only asks */
  private state(value: string, change: number): number {
    const { key } = this.table;
    const hash = createHash('sha256').update(value, 'latin1').digest();
    key.fill(0);
    key[0] = this.identity[0];
    key[1] = this.identity[1];
    for (let i = 0; i < HASH_INTS; i++) key[2 + i] = hash.readInt32LE(i * 4);
    return this.table.with(0, change !== 0, (ints, v) => {
      if (change !== 0) {
        ints[v] = change;
        this.table.keepUntil(v, FOREVER);
      }
      return ints[v]!;
    });
  }

  /** Adds what this thread has set to the file, and takes out what it has unset. */
  save(): void {
    const { savePath, type } = this;
    if (savePath === undefined) return;
    makeFolder(dirname(savePath));
    const before = existsSync(savePath)
      ? readFileSync(savePath, 'utf8')
          .split('\n')
          .filter(line => line !== '')
      : [];
    const lines = new Set([
      ...before,
      ...[...this.values.keys(), ...this.added].map(value => lineOfValue(type, value)),
    ]);
    for (const value of this.removed) lines.delete(lineOfValue(type, value));
    writeFileSync(savePath, [...lines].map(line => `${line}\n`).join(''));
  }
}
