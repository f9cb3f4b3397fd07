/**
 * Reads a YAML file and its includes into a tree of plain values, with the location of each key.
 *
 * Files are included with `include: FILE`, `include: [FILE, …]` or `key: !include FILE`, relative to the including
 * file. A repeated key replaces the previous value, as in Suricata.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { ConfigError, type SourceLocation } from './config-error.js';
import { keyName, type Mapping, plainValue } from './scalar.js';

/** Locations of keys, by dotted path; list items by their index. */
export type SourceLocations = Map<string, SourceLocation>;

/** Maximum include depth, and maximum number of values in total: a bound on the expansion of aliases. */
const MAX_INCLUDE_DEPTH = 32;
const MAX_VALUES = 200_000;

/** State shared by all files of one configuration. */
interface Loading {
  readonly locations: SourceLocations;
  /** Folders in which included files are searched by name if not found at their path. */
  readonly includePath: readonly string[];
  values: number;
}

/** @throws ConfigError with file and line */
export function readYamlFile(
  path: string,
  includePath: readonly string[] = [],
): { tree: Mapping; locations: SourceLocations } {
  const loading: Loading = { locations: new Map(), includePath, values: 0 };
  const tree: Mapping = {};
  new YamlFile(path, loading, 0, { file: path }).into(tree, []);
  return { tree, locations: loading.locations };
}

/** Reads YAML from a text. @param name used as the file name in messages */
export function readYamlText(text: string, name: string): { tree: Mapping; locations: SourceLocations } {
  const loading: Loading = { locations: new Map(), includePath: [], values: 0 };
  const tree: Mapping = {};
  new YamlFile(name, loading, 0, { file: name }, text).into(tree, []);
  return { tree, locations: loading.locations };
}

class YamlFile {
  private readonly lines = new LineCounter();

  /** @param from location of the include */
  constructor(
    private readonly path: string,
    private readonly loading: Loading,
    private readonly depth: number,
    private readonly from: SourceLocation,
    private readonly text?: string,
  ) {}

  /** Adds the file's keys to `target`, which is at path `at` in the whole tree. */
  into(target: Mapping, at: readonly string[]): void {
    const contents = this.parse();
    if (contents === null || (isScalar(contents) && contents.value === '')) return;
    if (!isMap(contents))
      throw new ConfigError({ file: this.path, line: 1 }, 'expected a mapping: lines of "key: value"');
    this.fill(target, contents, at);
  }

  /** The whole file as the value of a key: a list, or a mapping. */
  private section(at: readonly string[]): unknown {
    const contents = this.parse();
    if (isSeq(contents)) return this.value(contents, at);
    if (contents === null || (isScalar(contents) && contents.value === '')) return {};
    if (!isMap(contents))
      throw new ConfigError({ file: this.path, line: 1 }, 'expected a list, or lines of "key: value"');
    return this.mapping(contents, at);
  }

  private parse(): Node | null {
    if (this.depth > MAX_INCLUDE_DEPTH)
      throw new ConfigError(this.from, `files include each other more than ${MAX_INCLUDE_DEPTH} levels deep`);
    const document = parseDocument(this.text ?? this.read(), {
      lineCounter: this.lines,
      schema: 'failsafe',
      resolveKnownTags: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    const error = document.errors[0];
    if (error) throw new ConfigError(this.locationAt(error.pos[0]), error.message.split('\n')[0]!);
    this.aliases = new Map();
    return document.contents;
  }

  private aliases = new Map<string, Node>();

  private read(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      const what = this.depth === 0 ? '' : `${this.path}: `;
      throw new ConfigError(this.from, `${what}${reasonOf(error)}`);
    }
  }

  private locationAt(offset: number): SourceLocation {
    return { file: this.path, line: this.lines.linePos(offset).line };
  }

  private locationOf(node: Node | null): SourceLocation {
    return this.locationAt(node?.range?.[0] ?? 0);
  }

  private fill(target: Mapping, map: YAMLMap, at: readonly string[]): void {
    this.remember(map);
    for (const pair of map.items) {
      const node = pair.key as Node;
      if (!isScalar(node)) throw new ConfigError(this.locationOf(node), 'expected a plain text key');
      const key = keyName(String(node.value), at.at(-1));
      if (key === '__proto__') throw new ConfigError(this.locationOf(node), 'invalid key');
      const value = pair.value as Node | null;
      if (key === 'include') this.include(target, value, at);
      else this.set(target, key, value, [...at, key], this.locationOf(node));
    }
  }

  private set(
    target: Mapping,
    key: string,
    value: Node | null,
    at: readonly string[],
    location: SourceLocation,
  ): void {
    this.removeLocations(at);
    this.loading.locations.set(at.join('.'), location);
    target[key] = this.value(value, at);
  }

  /** A repeated key removes the locations of everything below its previous value. */
  private removeLocations(at: readonly string[]): void {
    const path = at.join('.');
    if (!this.loading.locations.has(path)) return;
    for (const known of this.loading.locations.keys())
      if (known.startsWith(`${path}.`)) this.loading.locations.delete(known);
  }

  private value(node: Node | null, at: readonly string[]): unknown {
    if (++this.loading.values > MAX_VALUES)
      throw new ConfigError(this.locationOf(node), `more than ${MAX_VALUES} values`);
    if (node === null) return null;
    if (node.tag === '!include') return this.included(node, at);
    this.remember(node);
    if (isAlias(node)) return this.value(this.target(node.source, node), at);
    if (isMap(node)) return this.mapping(node, at);
    if (isSeq(node))
      return node.items.map((item, index) => this.item(item as Node | null, [...at, String(index)]));
    return isScalar(node) ? scalarOf(node) : null;
  }

  private mapping(node: YAMLMap, at: readonly string[]): Mapping {
    const mapping: Mapping = {};
    this.fill(mapping, node, at);
    return mapping;
  }

  private item(node: Node | null, at: readonly string[]): unknown {
    this.loading.locations.set(at.join('.'), this.locationOf(node));
    return this.value(node, at);
  }

  private remember(node: Node): void {
    const { anchor } = node as { anchor?: string };
    if (anchor) this.aliases.set(anchor, node);
  }

  private target(name: string, node: Node): Node {
    const target = this.aliases.get(name);
    if (!target)
      throw new ConfigError(this.locationOf(node), `the anchor &${name} is not defined before this line`);
    // An alias cannot refer to a node that is still being read: it would recurse infinitely.
    const [start, , end] = target.range!;
    if (node.range![0] >= start && node.range![0] < end)
      throw new ConfigError(this.locationOf(node), `&${name} contains itself`);
    return target;
  }

  /** `include:` adds the keys of the files to the mapping that contains it. */
  private include(target: Mapping, node: Node | null, at: readonly string[]): void {
    const files = isSeq(node) ? (node.items as Node[]) : [node];
    for (const file of files) this.open(file).into(target, at);
  }

  private included(node: Node, at: readonly string[]): unknown {
    return this.open(node).section(at);
  }

  private open(node: Node | null): YamlFile {
    if (!isScalar(node) || String(node.value) === '')
      throw new ConfigError(this.locationOf(node), 'include: expected the name of a file');
    const path = this.find(resolve(dirname(this.path), String(node.value)));
    return new YamlFile(path, this.loading, this.depth + 1, this.locationOf(node));
  }

  private find(path: string): string {
    if (existsSync(path)) return path;
    return this.loading.includePath.map(folder => join(folder, basename(path))).find(existsSync) ?? path;
  }
}

/** Quoted text is always text. */
function scalarOf(node: { value: unknown; type?: string }): unknown {
  const text = String(node.value);
  return node.type === 'PLAIN' ? plainValue(text) : text;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'not allowed';
  if (code === 'EISDIR') return 'it is a folder';
  return message;
}
