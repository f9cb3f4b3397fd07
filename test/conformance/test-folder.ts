/** A test: a folder with a test.yaml, somewhere in the folder of all tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Requirements } from './requirements.js';
import { parseYaml11 } from './yaml11.js';

/** The content of test.yaml; every key is optional. */
export interface Description {
  readonly requires?: Requirements;
  readonly skip?: readonly { feature?: string; uid?: number; msg?: string }[];
  /** Path relative to the test, or false if none is needed. */
  readonly pcap?: string | false | null;
  readonly rules?: string;
  readonly args?: readonly unknown[];
  readonly command?: string;
  readonly 'exit-code'?: number;
  readonly count?: number;
  readonly retry?: number;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly setup?: readonly { script?: string }[];
  readonly 'pre-check'?: string;
  readonly checks?: readonly Check[] | Check;
}

/** One check: its kind and its parameters. */
export type Check = Readonly<Record<string, unknown>>;

export interface TestFolder {
  /** Path in the folder of all tests: `alert-max/alert-max-20`. */
  readonly name: string;
  readonly path: string;
  readonly description: Description;
}

/** Opens one test. @throws Error if test.yaml is not YAML */
export function openTest(path: string, name = basename(path)): TestFolder {
  const file = join(path, 'test.yaml');
  const description = existsSync(file) ? parseYaml11(readFileSync(file, 'utf8')) : {};
  return { name, path, description: (description ?? {}) as Description };
}

/** Names of all tests in `root`, sorted; `root` itself if it is a test. */
export function findTests(root: string): string[] {
  if (existsSync(join(root, 'test.yaml'))) return ['.'];
  const found: string[] = [];
  const look = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const path = join(folder, entry.name);
      if (existsSync(join(path, 'test.yaml'))) found.push(relative(root, path));
      look(path);
    }
  };
  look(root);
  return found.sort();
}

/** Files in the test's folder with this extension, sorted. */
export function filesWithEnding(test: TestFolder, ...endings: string[]): string[] {
  return readdirSync(test.path)
    .filter(name => endings.some(ending => name.endsWith(ending)))
    .sort()
    .map(name => join(test.path, name));
}

/** The checks as a list, in either notation. */
export function checksOf(description: Description): readonly Check[] {
  const { checks } = description;
  if (checks === undefined || checks === null) return [];
  return Array.isArray(checks) ? checks : Object.entries(checks).map(([kind, value]) => ({ [kind]: value }));
}
