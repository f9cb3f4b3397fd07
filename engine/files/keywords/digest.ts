/** Keywords of digests: `filemd5`, `filesha1`, `filesha256`. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { TestDeclaration, Transaction } from '../../protocol.js';
import type { FileProgress } from '../file-progress.js';
import { filesOf } from '../tracked-file.js';

/** Plain data. */
interface DigestArgument {
  readonly digests: readonly string[];
  readonly negated: boolean;
}

interface DigestSet {
  readonly digests: ReadonlySet<string>;
  readonly negated: boolean;
}

const MAX_LIST_BYTES = 256 << 20;

export function digestTest(
  keyword: string,
  kind: 'md5' | 'sha1' | 'sha256',
  digits: number,
  { direction, closed }: FileProgress,
): TestDeclaration<Transaction> {
  return {
    keyword,
    direction,
    progress: closed,
    summary: `The ${kind.toUpperCase()} digest of the file is in a list.`,
    grammar: '[!]file name',
    shared: true,
    parse(argument, folders = ['.']): DigestArgument {
      const match = /^\s*(!?)\s*(\S.*?)\s*$/.exec(argument ?? '');
      if (!match) throw new Error('expected the name of a file with digests');
      return { digests: readDigests(found(match[2]!, folders), digits), negated: match[1] === '!' };
    },
    compile(parsed): DigestSet {
      const { digests, negated } = parsed as DigestArgument;
      return { digests: new Set(digests), negated };
    },
    matches(transaction, toServer, compiled) {
      const { digests, negated } = compiled as DigestSet;
      return filesOf(transaction, toServer).some(file => {
        const digest = file.digest(kind);
        return digest !== undefined && digests.has(digest) !== negated;
      });
    },
  };
}

/** The file of this name in the first folder that has one. */
function found(name: string, folders: readonly string[]): string {
  if (isAbsolute(name)) return name;
  const paths = folders.map(folder => join(folder, name));
  return paths.find(path => existsSync(path)) ?? paths[0]!;
}

/** Reads lines that begin with a digest; empty lines and comments are skipped. */
function readDigests(path: string, digits: number): string[] {
  const text = readFileSync(path, 'latin1');
  if (text.length > MAX_LIST_BYTES) throw new Error(`${path} is larger than ${MAX_LIST_BYTES} bytes`);
  const digests = new Set<string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const digest = line.slice(0, digits);
    if (!/^[0-9a-fA-F]+$/.test(digest) || digest.length !== digits)
      throw new Error(`${path} has a line that is not a digest of ${digits} digits: "${line.slice(0, 80)}"`);
    digests.add(digest.toLowerCase());
  }
  return [...digests];
}
