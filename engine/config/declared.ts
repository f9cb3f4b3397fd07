/** All declared options, and validation of a configuration against them. */
import { nearest } from '../nearest.js';
import { Config, type ConfigTree } from './config.js';
import type { AnyOption } from './option.js';
import { isMapping } from './scalar.js';

/** One level of the tree of all options. `*` matches any key or index. */
interface Level {
  option?: AnyOption;
  readonly keys: Map<string, Level>;
}

export interface Finding {
  /** Dotted path as in the checked tree. */
  readonly path: string;
  readonly kind: 'unknown' | 'unaccepted';
  /** Human-readable: what was expected, or the key probably meant. */
  readonly message: string;
  /** Invalid value: the engine does not start. */
  readonly fatal?: true;
  /** Unknown key: the key probably meant. */
  readonly nearest?: string;
  /** Not an error: the default is used. */
  readonly isWarning?: boolean;
}

export class DeclaredOptions {
  private readonly root: Level = { keys: new Map() };
  readonly all: readonly AnyOption[];

  /**
   * @param options the same option may occur several times
   * @param checks beyond what single options can check
   * @throws Error if two different options have the same path
   */
  constructor(
    options: Iterable<AnyOption>,
    private readonly checks: readonly ((config: Config) => readonly Finding[])[] = [],
  ) {
    const byPath = new Map<string, AnyOption>();
    for (const option of options) this.add(option, byPath);
    this.all = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** All invalid settings in `tree`, in order, and the findings of further checks. */
  check(tree: unknown): Finding[] {
    const findings: Finding[] = [];
    checkChildren([this.root], tree, '', findings);
    if (!isMapping(tree)) return findings;
    const config = new Config(tree as ConfigTree);
    return [...findings, ...this.checks.flatMap(check => check(config))];
  }

  /** Whether there is an option at the path, at a path above it that accepts any tree, or below it. */
  has(path: string): boolean {
    let levels: readonly Level[] = [this.root];
    for (const key of path.split('.')) {
      if (levels.some(acceptsAnyTree)) return true;
      levels = childLevels(levels, key);
    }
    return levels.length > 0;
  }

  private add(option: AnyOption, byPath: Map<string, AnyOption>): void {
    const known = byPath.get(option.path);
    if (
      known &&
      (known.type.expected !== option.type.expected || String(known.fallback) !== String(option.fallback))
    ) {
      throw new Error(`two options have the path ${option.path} (${known.summary}; ${option.summary})`);
    }
    byPath.set(option.path, option);
    let level = this.root;
    for (const key of option.path.split('.')) {
      let next = level.keys.get(key);
      if (!next) {
        next = { keys: new Map() };
        level.keys.set(key, next);
      }
      level = next;
    }
    level.option = option;
  }
}

/** An option that accepts any tree covers everything below it that is not an option itself. */
function acceptsAnyTree(level: Level): boolean {
  return level.option !== undefined && level.option.type.parse({}) !== undefined;
}

/** Levels that a key leads to; a key may itself contain dots. */
function childLevels(levels: readonly Level[], name: string): Level[] {
  const own = levels.flatMap(level => [level.keys.get(name) ?? [], level.keys.get('*') ?? []].flat());
  if (own.length > 0 || !name.includes('.')) return own;
  return name
    .split('.')
    .reduce<Level[]>((at, key) => (at.length > 0 ? childLevels(at, key) : []), [...levels]);
}

/** `levels` are all option levels that match `node`. */
function checkChildren(levels: readonly Level[], node: unknown, path: string, findings: Finding[]): void {
  for (const [key, value, name] of childrenOf(node)) {
    const at = path === '' ? key : `${path}.${key}`;
    const next = childLevels(levels, name);
    if (next.length > 0) checkNode(next, value, at, findings);
    else if (Array.isArray(node) && isMapping(value)) checkChildren(levels, value, at, findings);
    else if (!levels.some(acceptsAnyTree)) findings.push(unknown(levels, name, at));
  }
}

/** The name of a text list item is the text itself: `- http`. */
function* childrenOf(node: unknown): Generator<[key: string, value: unknown, name: string]> {
  if (Array.isArray(node)) {
    for (const [index, item] of node.entries()) {
      yield [String(index), item, typeof item === 'string' ? item : String(index)];
    }
  } else if (isMapping(node)) {
    for (const [key, value] of Object.entries(node)) yield [key, value, key];
  }
}

function checkNode(levels: readonly Level[], value: unknown, path: string, findings: Finding[]): void {
  if (value === null || value === undefined) return;
  const deeper = levels.some(level => level.keys.size > 0);
  const options = levels.flatMap(level => level.option ?? []);
  // A mapping with options below: the level's own option is its short form (`tcp: no`).
  const section = deeper && typeof value === 'object';
  if (options.length > 0 && !section && options.every(option => option.type.parse(value) === undefined)) {
    findings.push({ path, kind: 'unaccepted', ...rejection(options, value) });
  } else if (deeper) checkChildren(levels, value, path, findings);
  else if (options.length === 0) findings.push({ path, kind: 'unknown', message: 'unknown key' });
  else findings.push(...withoutEffect(options[0]!, value, path));
}

function withoutEffect({ type }: AnyOption, value: unknown, path: string): Finding[] {
  const unknown = type.unknown?.(value) ?? [];
  if (unknown.length === 0) return [];
  const message = `${unknown.join(', ')} ${unknown.length > 1 ? 'have' : 'has'} no effect, expected ${type.expected}`;
  return [{ path, kind: 'unaccepted', message, isWarning: true }];
}

function rejection(
  options: readonly AnyOption[],
  value: unknown,
): Pick<Finding, 'message' | 'fatal' | 'isWarning'> {
  const warning = options[0]!.type.warning?.(value);
  if (warning !== undefined) return { message: warning, isWarning: true };
  const fault = options[0]!.type.fault?.(value);
  if (fault !== undefined) return { message: fault, fatal: true };
  const expected = options.map(option => option.type.expected).join(', or ');
  const words = options.every(option => option.type.refusal) ? options[0]!.type.refusal : undefined;
  if (words === undefined) return { message: `${valueText(value)} is invalid, expected ${expected}` };
  return { message: `${words}: ${valueText(value)}, expected ${expected}`, fatal: true };
}

/** Short names are all similar: no suggestions for them. */
const MIN_SUGGESTED_LENGTH = 4;

function unknown(levels: readonly Level[], name: string, path: string): Finding {
  const keys = levels
    .flatMap(level => [...level.keys.keys()])
    .filter(key => key.length >= MIN_SUGGESTED_LENGTH);
  const known = name.length < MIN_SUGGESTED_LENGTH ? undefined : nearest(name, keys);
  if (known === undefined) return { path, kind: 'unknown', message: 'unknown key' };
  const suggestion = [...path.split('.').slice(0, -1), known].join('.');
  return { path, kind: 'unknown', message: `unknown key, did you mean ${suggestion}?`, nearest: suggestion };
}

function valueText(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : `"${String(value)}"`;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
