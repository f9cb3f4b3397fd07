/** Dataset files: lines of values, values with a reputation, or JSON with a context for each value. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { DatasetDeclaration } from '../dataset-declaration.js';
import { valueOfLine } from './dataset-values.js';

export interface Entry {
  /** Its bytes as latin-1 text. */
  readonly value: string;
  readonly reputation?: number;
  /** The JSON that alerts contain for it. */
  readonly json?: string;
}

/** Suricata's memory use of an empty set: a row of its hash table, and its first thousand elements. */
const ROW_BYTES = 64;
const ELEMENT_BYTES = 104;
const FIRST_ELEMENTS = 1000;

/** @param folder of saved state @returns undefined for a set that is not read from a file */
export function fileOfDataset(declaration: DatasetDeclaration, folder: string): string | undefined {
  const { load } = declaration;
  if (load === undefined) return undefined;
  return isAbsolute(load) ? load : join(declaration.folder === '' ? folder : declaration.folder, load);
}

/** @returns the values in its file; none if the state of earlier runs does not exist yet @throws Error */
export function readDataset(declaration: DatasetDeclaration, folder: string): Entry[] {
  const path = fileOfDataset(declaration, folder);
  if (path === undefined || (declaration.save !== undefined && !existsSync(path))) return [];
  const entries = entriesOf(readFileSync(path, 'utf8'), declaration);
  checkMemory(entries, declaration);
  return entries;
}

function entriesOf(content: string, declaration: DatasetDeclaration): Entry[] {
  const lines = () => content.split(/\r?\n/).filter(line => line.trim() !== '');
  switch (declaration.format) {
    case 'json':
      return documentsOf([parsed(content, declaration)], declaration);
    case 'ndjson':
      return documentsOf(
        lines().map(line => parsed(line, declaration)),
        declaration,
      );
    default:
      return lines().map(line => entryOfLine(line.trim(), declaration));
  }
}

function parsed(text: string, { name, load }: DatasetDeclaration): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`dataset ${name}: ${load} is not JSON: ${(error as Error).message}`);
  }
}

function entryOfLine(line: string, { name, type = 'string', reputation: asked }: DatasetDeclaration): Entry {
  const comma = line.lastIndexOf(',');
  if (comma < 0 === (asked === true))
    throw new Error(`Cannot mix dataset and datarep values for set ${name}: ${line}`);
  const value = valueOfLine(type, (comma < 0 ? line : line.slice(0, comma)).trim());
  if (value === undefined) throw new Error(`dataset ${name}: "${line}" is not a value of type ${type}`);
  if (comma < 0) return { value };
  const reputation = line.slice(comma + 1).trim();
  if (!/^\d{1,5}$/.test(reputation) || Number(reputation) > 65535)
    throw new Error(`invalid datarep value ${name}: ${line}`);
  return { value, reputation: Number(reputation) };
}

/** @returns entries with a value; others are skipped @throws Error if none has one */
function documentsOf(documents: readonly unknown[], declaration: DatasetDeclaration): Entry[] {
  const { name, arrayKey, valueKey = '', removeKey } = declaration;
  if (arrayKey !== undefined && !documents.every(document => Array.isArray(at(document, arrayKey))))
    throw new Error(`dataset ${name}: no list under "${arrayKey}" in ${declaration.load}`);
  const nodes = documents.flatMap(document => at(document, arrayKey));
  const valued = nodes.filter(node => (at(node, valueKey) ?? null) !== null);
  if (valued.length === 0 && nodes.length > 0)
    throw new Error(`dataset ${name}: no value under "${valueKey}" in ${JSON.stringify(nodes[0])}`);
  return valued.map(node => ({
    value: valueOfText(String(at(node, valueKey)), declaration),
    json: JSON.stringify(removeKey ? without(node, valueKey.split('.')) : node),
  }));
}

/** In JSON, strings are written as they are, not in base64. */
function valueOfText(text: string, { name, type = 'string' }: DatasetDeclaration): string {
  const value = type === 'string' ? Buffer.from(text, 'utf8').toString('latin1') : valueOfLine(type, text);
  if (value === undefined) throw new Error(`dataset ${name}: "${text}" is not a value of type ${type}`);
  return value;
}

function at(node: unknown, path: string | undefined): unknown {
  let found = node;
  for (const key of path?.split('.') ?? []) {
    if (found === null || typeof found !== 'object' || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

function without(node: unknown, [key, ...rest]: readonly string[]): unknown {
  const { [key!]: inner, ...others } = node as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [key!]: without(inner, rest) };
}

function checkMemory(entries: readonly Entry[], { memcap, hashsize = 1, type }: DatasetDeclaration): void {
  if (memcap === undefined) return;
  const texts =
    (type ?? 'string') === 'string' ? entries.reduce((sum, { value }) => sum + value.length, 0) : 0;
  const elements = Math.max(FIRST_ELEMENTS, entries.length);
  if (hashsize * ROW_BYTES + elements * ELEMENT_BYTES + texts > memcap)
    throw new Error('dataset too large for set memcap');
}
