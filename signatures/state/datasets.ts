/**
 * Datasets of one thread. What files hold is read by each thread; what is set or unset while running lies in a table
 * that all threads share, so that the number of threads changes nothing.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Dataset, DatasetDeclaration, Datasets } from '../keywords/datasets.js';
import { type DatasetType, lineOfValue, valueOfBytes, valueOfLine } from './dataset-values.js';
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
      set = new ValueSet(this.table, declaration.name, declaration.type ?? 'string');
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

  private load(set: ValueSet, { load, folder, save, ...declaration }: DatasetDeclaration): void {
    const path = isAbsolute(load!) ? load! : join(folder === '' ? this.folder : folder, load!);
    // The state of earlier runs need not be there yet.
    if (set.loaded || (save !== undefined && !existsSync(path))) return;
    set.loaded = true;
    try {
      for (const value of valuesOf(readFileSync(path, 'utf8'), declaration)) {
        if (!set.take(value, declaration.reputation === true))
          this.problem(`${path}: ${value} is no value of type ${set.type}`);
      }
    } catch (error) {
      this.problem(`dataset ${declaration.name}: ${(error as Error).message}`);
    }
  }
}

/** Lines of a CSV file, or the values under a key of JSON documents. */
function valuesOf(
  content: string,
  { format, valueKey, arrayKey }: Pick<DatasetDeclaration, 'format' | 'valueKey' | 'arrayKey'>,
): string[] {
  if (format === undefined || format === 'csv')
    return content.split(/\r?\n/).filter(line => line.trim() !== '');
  const documents =
    format === 'ndjson' ? content.split(/\r?\n/).filter(line => line.trim() !== '') : [content];
  return documents.flatMap(document => {
    const parsed = at(JSON.parse(document), arrayKey);
    return (Array.isArray(parsed) ? parsed : [parsed]).map(entry =>
      JSON.stringify({ value: String(at(entry, valueKey)) }),
    );
  });
}

function at(node: unknown, path: string | undefined): unknown {
  let found = node;
  for (const key of path?.split('.') ?? []) found = (found as Record<string, unknown> | undefined)?.[key];
  return found;
}

class ValueSet implements Dataset {
  loaded = false;
  savePath: string | undefined;
  private readonly values = new Map<string, number>();
  private readonly added = new Set<string>();
  private readonly removed = new Set<string>();
  private readonly identity: readonly [number, number];

  constructor(
    private readonly table: SharedTable,
    name: string,
    readonly type: DatasetType,
  ) {
    this.identity = nameHash(`dataset ${name}`);
  }

  /** @returns false where the line is no value */
  take(line: string, withReputation: boolean): boolean {
    // JSON gives plain texts; a list of strings is in base64.
    if (line.startsWith('{')) return this.takePlain((JSON.parse(line) as { value: string }).value);
    const comma = withReputation ? line.lastIndexOf(',') : -1;
    const value = valueOfLine(this.type, (comma < 0 ? line : line.slice(0, comma)).trim());
    const reputation = comma < 0 ? 0 : Number(line.slice(comma + 1));
    if (value === undefined || !(reputation >= 0 && reputation <= 65535)) return false;
    this.values.set(value, reputation);
    return true;
  }

  private takePlain(text: string): boolean {
    const value =
      this.type === 'string' ? Buffer.from(text, 'utf8').toString('latin1') : valueOfLine(this.type, text);
    if (value === undefined) return false;
    this.values.set(value, 0);
    return true;
  }

  has(bytes: Uint8Array, start: number, end: number): boolean {
    const value = valueOfBytes(this.type, bytes, start, end);
    if (value === undefined) return false;
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
    const value = valueOfBytes(this.type, bytes, start, end);
    return value === undefined ? undefined : this.values.get(value);
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
    mkdirSync(dirname(savePath), { recursive: true });
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
