/** dataset and datarep: whether a buffer's value is in a set, and its reputation there. */

import { dirname } from 'node:path';
import { integer, type OptionType, size } from '../../engine/config/option.js';
import { nearest } from '../../engine/nearest.js';
import type { DatasetDeclaration } from '../dataset-declaration.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { ALERT_NOTES, type AlertNotes } from '../state/alert-notes.js';
import { DATASETS, type Datasets } from '../state/dataset.js';
import { DATASET_TYPES, type DatasetType } from '../state/dataset-values.js';
import { compileInteger, type IntegerTest, parseInteger } from './integers.js';

type Command = 'set' | 'unset' | 'isset' | 'isnotset';

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

const COMMANDS = new Set(['set', 'unset', 'isset', 'isnotset']);
/** For datarep. */
const OPERATORS = new Set(['<', '>', '=', '==']);
const FORMATS = new Set(['csv', 'json', 'jsonline', 'ndjson']);
const MAX_NAME_LENGTH = 63;

function fieldsOf(fields: readonly string[], keyword: string, at: Position): Map<string, string> {
  const known = new Map<string, string>();
  for (const field of fields) {
    const match = /^(\S+)(?:\s+(.+))?$/.exec(field);
    if (!match) throw new RuleError(`invalid ${keyword} option "${field}"`, at);
    known.set(match[1]!, match[2] ?? '');
  }
  return known;
}

const OPTIONS = new Set(
  'type load save state memcap hashsize format value_key array_key context_key remove_key match'.split(' '),
);

function declarationOf(name: string, fields: Map<string, string>, at: Position): DatasetDeclaration {
  if (name === '' || name.length > MAX_NAME_LENGTH)
    throw new RuleError(`invalid dataset name "${name}"`, at, 'up to 63 characters');
  if (/\s/.test(name)) throw new RuleError(`spaces not allowed in dataset names: "${name}"`, at);
  for (const field of fields.keys())
    if (!OPTIONS.has(field))
      throw new RuleError(`invalid dataset option "${field}"`, at, nearest(field, OPTIONS));
  const type = fields.get('type');
  if (type !== undefined && !DATASET_TYPES.has(type))
    throw new RuleError(`bad type ${type}`, at, [...DATASET_TYPES].join(', '));
  const state = fields.get('state');
  const load = fields.get('load');
  const save = fields.get('save');
  if (state !== undefined && (load !== undefined || save !== undefined)) {
    throw new RuleError("'state' can not be mixed with 'load' and 'save'", at);
  }
  return {
    name,
    folder: dirname(at.file),
    ...(type !== undefined && { type: type as DatasetType }),
    ...(load !== undefined && { load }),
    ...((save ?? state) !== undefined && { save: save ?? state }),
    ...(state !== undefined && { load: state, folder: '' }),
    ...sizesOf(fields, at),
    ...jsonOf(fields, at),
    ...matchOf(fields, at),
  };
}

function sizesOf(fields: Map<string, string>, at: Position): Pick<DatasetDeclaration, 'memcap' | 'hashsize'> {
  const read = (name: string, type: OptionType<number>) => {
    const text = fields.get(name);
    if (text === undefined) return undefined;
    const value = type.parse(text);
    if (value === undefined) throw new RuleError(`invalid value for ${name}: ${text}`, at, type.expected);
    return value;
  };
  const memcap = read('memcap', size);
  const hashsize = read('hashsize', integer(1, 2 ** 31));
  return { ...(memcap !== undefined && { memcap }), ...(hashsize !== undefined && { hashsize }) };
}

type JsonKeys = Pick<DatasetDeclaration, 'format' | 'valueKey' | 'arrayKey' | 'contextKey' | 'removeKey'>;

function jsonOf(fields: Map<string, string>, at: Position): JsonKeys {
  const written = fields.get('format') ?? 'csv';
  if (!FORMATS.has(written)) throw new RuleError(`unknown format ${written}`, at, [...FORMATS].join(', '));
  if (written === 'csv') {
    for (const key of ['value_key', 'array_key', 'context_key', 'remove_key'])
      if (fields.has(key)) throw new RuleError(`${key} needs format json or ndjson`, at, 'format json');
    return {};
  }
  for (const key of ['save', 'state'])
    if (fields.has(key)) throw new RuleError(`${key} cannot be used with format ${written}`, at, 'load');
  if (fields.has('array_key') && written !== 'json')
    throw new RuleError(
      'array_key needs format json: in other formats each line is an entry',
      at,
      'format json',
    );
  for (const key of ['value_key', 'context_key'])
    if (!fields.has(key)) throw new RuleError(`format ${written} needs ${key}`, at);
  return {
    format: written === 'json' ? 'json' : 'ndjson',
    valueKey: fields.get('value_key')!,
    contextKey: fields.get('context_key')!,
    ...(fields.has('array_key') && { arrayKey: fields.get('array_key')! }),
    ...(fields.has('remove_key') && { removeKey: true }),
  };
}

function matchOf(fields: Map<string, string>, at: Position): Pick<DatasetDeclaration, 'subdomains'> {
  const how = fields.get('match');
  if (how === undefined || how === 'exact') return {};
  if (how !== 'subdomain') throw new RuleError(`unknown match ${how}`, at, 'subdomain');
  if (fields.get('type') !== 'string') throw new RuleError('match subdomain needs type string', at);
  return { subdomains: true };
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
  const declared = declarationOf(name, fieldsOf(rest, 'dataset', at), at);
  if (declared.format !== undefined && (command === 'set' || command === 'unset'))
    throw new RuleError(
      `dataset ${name}: format ${declared.format} can be used only with isset and isnotset`,
      at,
    );
  const declaration = rule.context.datasets.declare(declared, at);
  const match: DatasetMatch = { kind: 'dataset', command: command as Command, declaration };
  rule.addToBuffer(match);
}

function parseDatarep(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  if (!rule.sticky) throw new RuleError('datarep needs a preceding sticky buffer', at);
  const [name = '', operator = '', value = '', ...rest] = argument!.split(',').map(each => each.trim());
  if (!OPERATORS.has(operator))
    throw new RuleError(`datarep operation "${operator}" is invalid`, at, [...OPERATORS].join(', '));
  const test = parseInteger(operator.slice(0, 1) + value, 'datarep', { bits: 16 }, at);
  const declared = { ...declarationOf(name, fieldsOf(rest, 'datarep', at), at), reputation: true };
  const declaration = rule.context.datasets.declare(declared, at);
  rule.addToBuffer({ kind: 'datarep', declaration, test });
}

export const datasetKeywords: readonly Keyword[] = [
  {
    name: 'dataset',
    family: 'payload',
    summary: "Checks whether the buffer's value is in a dataset, or adds or removes it.",
    grammar:
      'set | unset | isset | isnotset, name [, type string | md5 | sha256 | ipv4 | ipv6 | ip] [, load | save | state file] [, memcap size] [, hashsize size] [, format csv | json | ndjson] [, value_key path] [, array_key path] [, context_key name] [, remove_key] [, match subdomain]',
    parse: parseDataset,
  },
  {
    name: 'datarep',
    family: 'payload',
    summary: "Reputation of the buffer's value in a dataset.",
    grammar: 'name, < | > | =, value, load file, type string | md5 | sha256 | ipv4 | ipv6 | ip',
    features: ['integer'],
    parse: parseDatarep,
  },
];

export const datasetCompilers: readonly MatchCompiler[] = [
  {
    kind: 'dataset',
    compile(match, environment) {
      const { command, declaration } = match as DatasetMatch;
      const { contextKey } = declaration;
      const notes = environment.stores.get(ALERT_NOTES) as AlertNotes | undefined;
      const set = (environment.stores.get(DATASETS) as Datasets).open(declaration);
      switch (command) {
        case 'isset':
          return contextKey === undefined || !notes
            ? at => set.has(at.bytes, at.start, at.end)
            : at => {
                if (!set.has(at.bytes, at.start, at.end)) return false;
                const json = set.json(at.bytes, at.start, at.end);
                if (json !== undefined) notes.context(at, contextKey, json);
                return true;
              };
        case 'isnotset':
          return at => !set.has(at.bytes, at.start, at.end);
        case 'set':
          return at => !set.has(at.bytes, at.start, at.end) && set.add(at.bytes, at.start, at.end);
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
