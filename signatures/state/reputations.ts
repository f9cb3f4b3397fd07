/** Reputations of addresses, from files: `reputation-categories-file`, `reputation-files`. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Config } from '../../engine/config/config.js';
import { option, text, texts } from '../../engine/config/option.js';
import type { Reputations } from '../keywords/iprep.js';
import { parseIpv4, parseIpv6 } from '../variables/ip-address.js';

const CATEGORIES = option(
  'reputation-categories-file',
  text,
  '',
  'file of reputation categories: number,name,description',
);
const FOLDER = option('default-reputation-path', text, '', 'folder of reputation files');
const FILES = option('reputation-files', texts, [], 'reputation files: address or network,category,value');

export const reputationOptions = [CATEGORIES, FOLDER, FILES];

/** Maximum number of categories, and maximum value. */
const CATEGORY_LIMIT = 60;
const MAX_VALUE = 127;

/** Values of one prefix length, by category and network. */
interface Prefix {
  readonly length: number;
  readonly values: Map<bigint, number>;
}

/** Paths of the reputation files. */
export function reputationFiles(config: Config): string[] {
  return config.read(FILES).map(file => pathOf(config, file));
}

function pathOf(config: Config, file: string): string {
  return isAbsolute(file) ? file : join(config.read(FOLDER), file);
}

type Warn = (message: string) => void;

/** Category numbers by name, from the configured file. Problems are reported and skipped. */
export function readCategories(config: Config, warn: Warn): Map<string, number> {
  const categories = new Map<string, number>();
  const [file] = categoriesFile(config);
  if (file === undefined) return categories;
  readLines(file, warn, ([number = '', name = '']) => {
    const id = Number(number);
    if (!/^\d+$/.test(number) || id >= CATEGORY_LIMIT || name === '') return false;
    categories.set(name, id);
    return true;
  });
  return categories;
}

/** Path of the category file; none if not configured. */
export function categoriesFile(config: Config): string[] {
  const file = config.read(CATEGORIES);
  return file === '' ? [] : [pathOf(config, file)];
}

/**
 * Reputations from the configured files. Problems are reported and skipped; those of categories when rules are loaded.
 */
export function readReputations(config: Config, warn: Warn): Reputations | undefined {
  const files = reputationFiles(config);
  if (files.length === 0) return undefined;
  const table = new ReputationTable(readCategories(config, () => {}));
  for (const file of files) readLines(file, warn, fields => table.add(fields));
  return table;
}

/** @param take returns false for a line it cannot parse */
function readLines(file: string, warn: Warn, take: (fields: string[]) => boolean): void {
  try {
    for (const [i, line] of readFileSync(file, 'utf8').split(/\r?\n/).entries()) {
      if (/^\s*(#|$)/.test(line)) continue;
      if (!take(line.split(',').map(field => field.trim())))
        warn(`${file} line ${i + 1} is invalid: ${line}`);
    }
  } catch (error) {
    warn(`${file} cannot be read: ${(error as Error).message}`);
  }
}

class ReputationTable implements Reputations {
  /** Longest prefix first. */
  private readonly v4: Prefix[][] = [];
  private readonly v6: Prefix[][] = [];

  constructor(private readonly categories: ReadonlyMap<string, number>) {}

  has(category: string): boolean {
    return this.categories.has(category);
  }

  add([address = '', category = '', value = '']: string[]): boolean {
    if (!/^\d{1,2}$/.test(category) || !/^\d{1,3}$/.test(value)) return false;
    const [text = '', bits] = address.split('/');
    const v4 = parseIpv4(text);
    const v6 = v4 === undefined ? parseIpv6(text) : undefined;
    if (v4 === undefined && v6 === undefined) return false;
    const width = v4 === undefined ? 128 : 32;
    // Nothing after the slash must not mean a length of 0, which would match every address.
    if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return false;
    const length = bits === undefined ? width : Number(bits);
    if (length > width || Number(category) >= CATEGORY_LIMIT || Number(value) > MAX_VALUE) return false;
    const prefixes = this.prefixes(v4 === undefined ? this.v6 : this.v4, Number(category));
    let prefix = prefixes.find(each => each.length === length);
    if (!prefix) {
      prefix = { length, values: new Map() };
      prefixes.push(prefix);
      prefixes.sort((a, b) => b.length - a.length);
    }
    prefix.values.set((v6 ?? BigInt(v4!)) >> BigInt(width - length), Number(value));
    return true;
  }

  of(category: string, view: DataView, at: number, version: number): number {
    const id = this.categories.get(category);
    const prefixes = id === undefined ? undefined : (version === 4 ? this.v4 : this.v6)[id];
    if (!prefixes) return NONE;
    const width = version === 4 ? 32 : 128;
    const address =
      version === 4 ? BigInt(view.getUint32(at)) : (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8);
    for (const { length, values } of prefixes) {
      const value = values.get(address >> BigInt(width - length));
      if (value !== undefined) return value;
    }
    return NONE;
  }

  private prefixes(lists: Prefix[][], category: number): Prefix[] {
    lists[category] ??= [];
    return lists[category];
  }
}

/** The address has no reputation. */
const NONE = -1;
