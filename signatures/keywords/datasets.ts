/** dataset and datarep: whether a buffer is in a set of values, and what the set says of it. */
import { dirname } from 'node:path';
import type { Keyword, MatchCompiler } from '../keyword.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import type { DatasetType } from '../state/dataset-values.js';
import { compileInteger, type IntegerTest, parseInteger } from './integers.js';

type Command = 'set' | 'unset' | 'isset' | 'isnotset';

export interface DatasetDeclaration {
  readonly name: string;
  /** Undefined: as another rule or the configuration declares it. */
  readonly type?: DatasetType;
  /** Values are read from here at the start; written here at the end. */
  readonly load?: string;
  readonly save?: string;
  /** Folder that `load` is relative to. */
  readonly folder: string;
  readonly format?: 'csv' | 'json' | 'ndjson';
  readonly valueKey?: string;
  readonly arrayKey?: string;
  readonly reputation?: boolean;
}

export interface DatasetMatch extends Match {
  readonly kind: 'dataset';
  readonly command: Command;
  readonly declaration: DatasetDeclaration;
}

export interface ReputationSetMatch extends Match {
  readonly kind: 'datarep';
  readonly declaration: DatasetDeclaration;
  readonly test: IntegerTest;
}

/** Store of sets. */
export const DATASETS = 'datasets';

export interface Dataset {
  has(bytes: Uint8Array, start: number, end: number): boolean;
  add(bytes: Uint8Array, start: number, end: number): void;
  remove(bytes: Uint8Array, start: number, end: number): void;
  /** Reputation of a value, undefined where it has none. */
  reputation(bytes: Uint8Array, start: number, end: number): number | undefined;
}

export interface Datasets {
  /** @throws Error when its file cannot be read */
  open(declaration: DatasetDeclaration): Dataset;
}

const COMMANDS = new Set(['set', 'unset', 'isset', 'isnotset']);
const TYPES = new Set(['string', 'md5', 'sha256', 'ipv4', 'ipv6', 'ip']);
const FORMATS = new Set(['csv', 'json', 'jsonline', 'ndjson']);
const LONGEST_NAME = 63;

function fieldsOf(fields: readonly string[], keyword: string, at: Position): Map<string, string> {
  const known = new Map<string, string>();
  for (const field of fields) {
    const match = /^(\S+)(?:\s+(.+))?$/.exec(field);
    if (!match) throw new RuleError(`invalid ${keyword} option "${field}"`, at);
    known.set(match[1]!, match[2] ?? '');
  }
  return known;
}

/** Files of rules stay below their folder. */
function fileOf(name: string | undefined, at: Position): string | undefined {
  if (name === undefined) return undefined;
  if (name.startsWith('/')) throw new RuleError(`absolute paths are not allowed: ${name}`, at);
  if (name.split('/').includes('..'))
    throw new RuleError(`directory traversals are not allowed: ${name}`, at);
  return name;
}

function declarationOf(name: string, fields: Map<string, string>, at: Position): DatasetDeclaration {
  if (name === '' || name.length > LONGEST_NAME)
    throw new RuleError(`invalid name of a dataset "${name}"`, at, 'up to 63 characters');
  const type = fields.get('type');
  if (type !== undefined && !TYPES.has(type))
    throw new RuleError(`bad type ${type}`, at, [...TYPES].join(', '));
  const format = fields.get('format');
  if (format !== undefined && !FORMATS.has(format))
    throw new RuleError(`unknown format ${format}`, at, [...FORMATS].join(', '));
  const state = fileOf(fields.get('state'), at);
  const load = fileOf(fields.get('load'), at);
  const save = fileOf(fields.get('save'), at);
  if (state !== undefined && (load !== undefined || save !== undefined)) {
    throw new RuleError("'state' can not be mixed with 'load' and 'save'", at);
  }
  if (format !== undefined && format !== 'csv' && !fields.has('value_key'))
    throw new RuleError('value_key is needed for json', at);
  return {
    name,
    folder: dirname(at.file),
    ...(type !== undefined && { type: type as DatasetType }),
    ...(load !== undefined && { load }),
    ...((save ?? state) !== undefined && { save: save ?? state }),
    ...(state !== undefined && { load: state, folder: '' }),
    ...(format !== undefined && {
      format: format === 'jsonline' ? 'ndjson' : (format as 'csv' | 'json' | 'ndjson'),
    }),
    ...(fields.has('value_key') && { valueKey: fields.get('value_key')! }),
    ...(fields.has('array_key') && { arrayKey: fields.get('array_key')! }),
  };
}

function parseDataset(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  if (!rule.sticky)
    throw new RuleError(
      'dataset needs a preceding sticky buffer',
      at,
      'dns.query; dataset:isset,seen,type string,load seen.lst;',
    );
  const [command = '', name = '', ...rest] = argument!.split(',').map(each => each.trim());
  if (!COMMANDS.has(command))
    throw new RuleError(`dataset action "${command}" is invalid`, at, [...COMMANDS].join(', '));
  const declaration = declarationOf(name, fieldsOf(rest, 'dataset', at), at);
  const match: DatasetMatch = { kind: 'dataset', command: command as Command, declaration };
  rule.addToBuffer(match);
}

function parseDatarep(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  if (!rule.sticky) throw new RuleError('datarep needs a preceding sticky buffer', at);
  const [name = '', operator = '', value = '', ...rest] = argument!.split(',').map(each => each.trim());
  const test = parseInteger(operator + value, 'datarep', { bits: 16 }, at);
  const declaration = { ...declarationOf(name, fieldsOf(rest, 'datarep', at), at), reputation: true };
  rule.addToBuffer({ kind: 'datarep', declaration, test });
}

export const datasetKeywords: readonly Keyword[] = [
  {
    name: 'dataset',
    family: 'payload',
    summary: 'Whether the buffer is in a set of values, or is put into it.',
    grammar:
      'set | unset | isset | isnotset, name [, type string | md5 | sha256 | ipv4 | ipv6 | ip] [, load | save | state file] [, memcap size] [, hashsize size]',
    parse: parseDataset,
  },
  {
    name: 'datarep',
    family: 'payload',
    summary: 'Reputation of the buffer in a set of values.',
    grammar: 'name, < | > | = | <= | >=, value, load file, type string | md5 | sha256 | ipv4 | ipv6 | ip',
    features: ['integer'],
    parse: parseDatarep,
  },
];

export const datasetCompilers: readonly MatchCompiler[] = [
  {
    kind: 'dataset',
    compile(match, environment) {
      const { command, declaration } = match as DatasetMatch;
      const set = (environment.stores.get(DATASETS) as Datasets).open(declaration);
      switch (command) {
        case 'isset':
          return at => set.has(at.bytes, at.start, at.end);
        case 'isnotset':
          return at => !set.has(at.bytes, at.start, at.end);
        case 'set':
          return at => {
            if (set.has(at.bytes, at.start, at.end)) return false;
            set.add(at.bytes, at.start, at.end);
            return true;
          };
        default:
          return at => {
            if (!set.has(at.bytes, at.start, at.end)) return false;
            set.remove(at.bytes, at.start, at.end);
            return true;
          };
      }
    },
  },
  {
    kind: 'datarep',
    compile(match, environment) {
      const { declaration, test } = match as ReputationSetMatch;
      const set = (environment.stores.get(DATASETS) as Datasets).open(declaration);
      const holds = compileInteger(test);
      return at => {
        const value = set.reputation(at.bytes, at.start, at.end);
        return value !== undefined && holds(value);
      };
    },
  },
];
