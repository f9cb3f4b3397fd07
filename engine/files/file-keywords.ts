/**
 * What all protocols with files offer to signatures: put these into the declaration of a protocol whose transactions
 * have `files`, with its progress at which a file's name is known, and at which the file is complete.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { BufferDeclaration, Direction, TestDeclaration, Transaction } from '../protocol.js';
import type { TrackedFile } from './tracked-file.js';

export interface FileProgress {
  readonly direction: Direction;
  /** A file may have begun. */
  readonly begun: number;
  /** All files are closed. */
  readonly closed: number;
}

/** `file.data`. @param progress at which the contents begin to be there */
export function fileData<T extends Transaction>(
  progress: number,
  get: BufferDeclaration<T>['get'],
): BufferDeclaration<T> {
  return {
    keyword: 'file.data',
    aliases: ['file_data'],
    direction: 'either',
    progress,
    shared: true,
    growing: true,
    summary: 'Contents of files.',
    get,
  };
}

/** `file.name` and `file.magic`. */
export function fileBuffers({ direction, begun, closed }: FileProgress): BufferDeclaration<Transaction>[] {
  return [
    {
      keyword: 'file.name',
      aliases: ['file_name'],
      direction,
      progress: begun,
      multiple: true,
      shared: true,
      summary: 'Name of a file.',
      get: (transaction, toServer, index) => fileAt(transaction, toServer, index)?.name,
    },
    {
      keyword: 'file.magic',
      aliases: ['file_magic'],
      direction,
      progress: closed,
      multiple: true,
      shared: true,
      summary: 'Kind of a file by its first bytes, as file(1) words it.',
      get(transaction, toServer, index) {
        const magic = fileAt(transaction, toServer, index)?.magic;
        return magic === undefined ? undefined : Buffer.from(magic, 'latin1');
      },
    },
  ];
}

/** `filename fileext filemagic filesize filemd5 filesha1 filesha256`. */
export function fileTests(at: FileProgress): TestDeclaration<Transaction>[] {
  return [
    textTest('filename', 'Name of a file contains this.', at.direction, at.begun, (file, wanted) =>
      file.nameText.toLowerCase().includes(wanted),
    ),
    textTest('fileext', 'Name of a file ends with a dot and this.', at.direction, at.begun, (file, wanted) =>
      file.nameText.toLowerCase().endsWith(`.${wanted}`),
    ),
    textTest('filemagic', 'Kind of a file contains this.', at.direction, at.closed, (file, wanted) =>
      // Suricata matches with the terminating zero of libmagic's text.
      `${file.magic ?? ''}\0`.toLowerCase().includes(wanted),
    ),
    sizeTest(at),
    digestTest('filemd5', 'md5', 32, at),
    digestTest('filesha1', 'sha1', 40, at),
    digestTest('filesha256', 'sha256', 64, at),
  ];
}

interface TextArgument {
  readonly text: string;
  readonly negated: boolean;
}

function textTest(
  keyword: string,
  summary: string,
  direction: Direction,
  progress: number,
  holds: (file: TrackedFile, wanted: string) => boolean,
): TestDeclaration<Transaction> {
  return {
    keyword,
    direction,
    progress,
    summary,
    shared: true,
    parse(argument): TextArgument {
      const match = /^\s*(!?)\s*"?(.*?)"?\s*$/s.exec(argument ?? '');
      if (!match?.[2]) throw new Error('a text in quotes is needed');
      return { text: unescaped(match[2]).toLowerCase(), negated: match[1] === '!' };
    },
    matches: (transaction, toServer, parsed) => {
      const { text, negated } = parsed as TextArgument;
      return filesOf(transaction, toServer).some(file => holds(file, text) !== negated);
    },
  };
}

/** `|00|` and backslashes as in contents. */
function unescaped(text: string): string {
  return text
    .replace(/\|([0-9a-fA-F\s]*)\|/g, (_, hex: string) =>
      Buffer.from(hex.replace(/\s/g, ''), 'hex').toString('latin1'),
    )
    .replace(/\\([\\":;|])/g, '$1');
}

interface SizeArgument {
  readonly minimum: number;
  readonly maximum: number;
  readonly negated: boolean;
}

function sizeTest({ direction, closed }: FileProgress): TestDeclaration<Transaction> {
  return {
    keyword: 'filesize',
    direction,
    progress: closed,
    summary: 'Size of a file.',
    shared: true,
    parse: argument => sizeRange(argument ?? ''),
    matches(transaction, toServer, parsed) {
      const { minimum, maximum, negated } = parsed as SizeArgument;
      return filesOf(transaction, toServer).some(
        // A file that is cut is at least as large as what came of it.
        ({ state, size }) =>
          state === 'closed'
            ? (size >= minimum && size <= maximum) !== negated
            : size >= minimum && maximum === LARGEST,
      );
    },
  };
}

/** Stands for no bound; arguments are plain data. */
const LARGEST = Number.MAX_SAFE_INTEGER;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1024,
  kib: 1024,
  mb: 2 ** 20,
  mib: 2 ** 20,
  gb: 2 ** 30,
  gib: 2 ** 30,
};

function sizeRange(argument: string): SizeArgument {
  const number = String.raw`(\d+)\s*([kmg]i?b|)`;
  const range = new RegExp(`^\\s*${number}\\s*(<>|-)\\s*${number}\\s*$`, 'i').exec(argument);
  if (range) {
    const inside = range[3] === '<>' ? 1 : 0;
    const first = sized(range[1]!, range[2]!) + inside;
    const last = sized(range[4]!, range[5]!) - inside;
    if (first <= last) return { minimum: first, maximum: last, negated: false };
  }
  const single = new RegExp(`^\\s*(<=|>=|<|>|!|=|)\\s*${number}\\s*$`, 'i').exec(argument);
  if (!single) throw new Error(`"${argument}" is not a size; expected <100, >1MB, 100<>200 or 500`);
  const value = sized(single[2]!, single[3]!);
  switch (single[1]) {
    case '<':
      return { minimum: 0, maximum: value - 1, negated: false };
    case '<=':
      return { minimum: 0, maximum: value, negated: false };
    case '>':
      return { minimum: value + 1, maximum: LARGEST, negated: false };
    case '>=':
      return { minimum: value, maximum: LARGEST, negated: false };
    default:
      return { minimum: value, maximum: value, negated: single[1] === '!' };
  }
}

function sized(digits: string, unit: string): number {
  return Number(digits) * UNITS[unit.toLowerCase()]!;
}

/** Plain data; the set is made once from it. */
interface DigestArgument {
  readonly digests: readonly string[];
  readonly negated: boolean;
}

const SETS = new WeakMap<DigestArgument, ReadonlySet<string>>();

function setOf(argument: DigestArgument): ReadonlySet<string> {
  let set = SETS.get(argument);
  if (!set) {
    set = new Set(argument.digests);
    SETS.set(argument, set);
  }
  return set;
}

const LARGEST_LIST = 256 << 20;

function digestTest(
  keyword: string,
  kind: 'md5' | 'sha1' | 'sha256',
  digits: number,
  { direction, closed }: FileProgress,
): TestDeclaration<Transaction> {
  return {
    keyword,
    direction,
    progress: closed,
    summary: `The ${kind.toUpperCase()} digest of a file is one of a list.`,
    shared: true,
    parse(argument, folders = ['.']): DigestArgument {
      const match = /^\s*(!?)\s*(\S.*?)\s*$/.exec(argument ?? '');
      if (!match) throw new Error('the name of a file with digests is needed');
      return { digests: readDigests(found(match[2]!, folders), digits), negated: match[1] === '!' };
    },
    matches(transaction, toServer, parsed) {
      const argument = parsed as DigestArgument;
      const digests = setOf(argument);
      return filesOf(transaction, toServer).some(file => {
        const digest = file.digest(kind);
        return digest !== undefined && digests.has(digest) !== argument.negated;
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

/** Lines that begin with a digest; empty lines and comments are skipped. */
function readDigests(path: string, digits: number): string[] {
  const text = readFileSync(path, 'latin1');
  if (text.length > LARGEST_LIST) throw new Error(`${path} is larger than ${LARGEST_LIST} bytes`);
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

function filesOf(transaction: Transaction, toServer: boolean): readonly TrackedFile[] {
  return transaction.files?.filter(file => file.toServer === toServer) ?? [];
}

function fileAt(transaction: Transaction, toServer: boolean, index: number): TrackedFile | undefined {
  if (transaction.files === undefined) return undefined;
  let left = index;
  for (const file of transaction.files) {
    if (file.toServer === toServer && left-- === 0) return file;
  }
  return undefined;
}
