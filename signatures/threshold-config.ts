/** The file of thresholds beside the rules (`threshold-file`): event_filter, threshold, rate_filter, suppress. */
import { readFileSync } from 'node:fs';
import type { Config } from '../engine/config/config.js';
import { option, text } from '../engine/config/option.js';
import type { ThresholdMatch, ThresholdType } from './keywords/threshold.js';
import type { AddressSet, Position } from './signature.js';
import { parseAddresses } from './variables/addresses.js';

export const THRESHOLD_FILE = option(
  'threshold-file',
  text,
  '',
  'file of thresholds and suppressions beside the rules',
);

/** A threshold and the signatures it is for: 0 stands for all. */
export interface ThresholdRule {
  readonly gid: number;
  readonly sid: number;
  readonly match: ThresholdMatch;
}

export interface ThresholdFile {
  readonly rules: readonly ThresholdRule[];
  readonly problems: readonly string[];
  /** The file was read. */
  readonly read?: true;
}

/** Reads the file that the configuration names; nothing where it names none. */
export function readThresholdFile(
  config: Config,
  addressVariables: ReadonlyMap<string, string>,
): ThresholdFile {
  const path = config.read(THRESHOLD_FILE);
  if (path === '') return { rules: [], problems: [] };
  try {
    return { ...parseThresholds(readFileSync(path, 'utf8'), path, addressVariables), read: true };
  } catch (error) {
    return { rules: [], problems: [`threshold-file ${path}: ${(error as Error).message}`] };
  }
}

export function parseThresholds(
  content: string,
  path: string,
  addressVariables: ReadonlyMap<string, string>,
): ThresholdFile {
  const rules: ThresholdRule[] = [];
  const problems: string[] = [];
  for (const { text: line, number } of logicalLines(content)) {
    try {
      rules.push(parseLine(line, { file: path, line: number, column: 1 }, addressVariables));
    } catch (error) {
      problems.push(`${path} line ${number}: ${(error as Error).message}`);
    }
  }
  return { rules, problems };
}

/** Lines without comments; one that ends in a backslash goes on in the next. */
function logicalLines(content: string): { text: string; number: number }[] {
  const lines: { text: string; number: number }[] = [];
  let open: { text: string; number: number } | undefined;
  content.split(/\r?\n/).forEach((raw, i) => {
    const line = raw.trim();
    const before = open ?? { text: '', number: i + 1 };
    open = undefined;
    if (line === '' || line.startsWith('#')) return;
    const whole = { text: before.text + line.replace(/\\$/, ' '), number: before.number };
    if (line.endsWith('\\')) open = whole;
    else lines.push(whole);
  });
  return lines;
}

const TYPES = new Set(['limit', 'threshold', 'both']);
const TRACKS = new Set(['by_src', 'by_dst', 'by_both', 'by_rule', 'by_either', 'by_flow']);
const NEW_ACTIONS = new Set(['alert', 'drop', 'pass', 'reject']);

function parseLine(line: string, at: Position, variables: ReadonlyMap<string, string>): ThresholdRule {
  const [, keyword = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
  const fields = new Map<string, string>();
  // Commas inside of brackets belong to lists of addresses.
  for (const part of rest.split(/,(?![^[]*\])/)) {
    const field = /^\s*(\w+)\s+(.+?)\s*$/.exec(part);
    if (!field) throw new Error(`"${part.trim()}" is not understood`);
    fields.set(field[1]!, field[2]!);
  }
  const number = (name: string) => {
    const value = fields.get(name) ?? '';
    if (!/^\d{1,10}$/.test(value)) throw new Error(`${name} needs a number`);
    return Number(value);
  };
  const [gid, sid] = [number('gen_id'), number('sig_id')];
  return { gid, sid, match: matchOf(keyword, fields, number, at, variables) };
}

function matchOf(
  keyword: string,
  fields: ReadonlyMap<string, string>,
  number: (name: string) => number,
  at: Position,
  variables: ReadonlyMap<string, string>,
): ThresholdMatch {
  const track = fields.get('track') ?? (keyword === 'suppress' ? 'by_either' : '');
  if (!TRACKS.has(track)) throw new Error(`track "${track}" is not one of ${[...TRACKS].join(', ')}`);
  const base = { kind: 'threshold', track: track as ThresholdMatch['track'], count: 0, seconds: 0 } as const;
  switch (keyword) {
    case 'suppress':
      return { ...base, type: 'suppress', ...suppressed(fields, at, variables) };
    case 'rate_filter': {
      const newAction = fields.get('new_action') ?? '';
      if (!NEW_ACTIONS.has(newAction))
        throw new Error(`new_action "${newAction}" is not one of ${[...NEW_ACTIONS].join(', ')}`);
      return {
        ...base,
        type: 'rate_filter',
        count: number('count'),
        seconds: number('seconds'),
        timeout: number('timeout'),
        newAction: newAction as NonNullable<ThresholdMatch['newAction']>,
      };
    }
    case 'threshold':
    case 'event_filter': {
      const type = fields.get('type') ?? '';
      if (!TYPES.has(type)) throw new Error(`type "${type}" is not one of ${[...TYPES].join(', ')}`);
      return { ...base, type: type as ThresholdType, count: number('count'), seconds: number('seconds') };
    }
    default:
      throw new Error(`"${keyword}" is not one of suppress, threshold, event_filter, rate_filter`);
  }
}

function suppressed(
  fields: ReadonlyMap<string, string>,
  at: Position,
  variables: ReadonlyMap<string, string>,
): { addresses?: AddressSet } {
  const ip = fields.get('ip');
  if (ip === undefined) {
    if (fields.has('track')) throw new Error('suppress with track needs ip');
    return {};
  }
  return { addresses: parseAddresses(ip, variables, at) };
}

/** What thresholds are for: a signature, or a detection. */
export interface Limited {
  readonly gid: number;
  readonly sid: number;
  readonly thresholds: readonly unknown[];
}

/**
 * Adds thresholds to the signatures they are for. Those of the file stand in for a signature's own, but for
 * suppressions, which stand before it.
 */
export function thresholdsAdder<T extends Limited>(rules: readonly ThresholdRule[]): (signature: T) => T {
  if (rules.length === 0) return signature => signature;
  const bySid = new Map<string, ThresholdRule[]>();
  for (const rule of rules) {
    const key = `${rule.gid}:${rule.sid}`;
    bySid.set(key, [...(bySid.get(key) ?? []), rule]);
  }
  return signature => {
    const found = ['0:0', `${signature.gid}:0`, `${signature.gid}:${signature.sid}`].flatMap(
      key => bySid.get(key) ?? [],
    );
    if (found.length === 0) return signature;
    const matches = found.map(rule => rule.match);
    const suppressions = matches.filter(match => match.type === 'suppress');
    const others = matches.filter(match => match.type !== 'suppress');
    return {
      ...signature,
      thresholds: [...suppressions, ...(others.length > 0 ? others : signature.thresholds)],
    };
  };
}
