/** The threshold file (`threshold-file`): event_filter, threshold, rate_filter, suppress. */
import { readFileSync } from 'node:fs';
import type { Config } from '../engine/config/config.js';
import { option, text } from '../engine/config/option.js';
import type { ThresholdMatch, ThresholdType } from './keywords/threshold.js';
import type { AddressSet, Match, Position } from './signature.js';
import { parseAddresses } from './variables/addresses.js';

export const THRESHOLD_FILE = option('threshold-file', text, '', 'file of thresholds and suppressions');

/** A threshold and the signatures it applies to: 0 means all. */
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

/** Reads the configured file; nothing if none is configured. */
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

/** Lines without comments; a line that ends in a backslash continues on the next, if that is not empty. */
function logicalLines(content: string): { text: string; number: number }[] {
  const lines: { text: string; number: number }[] = [];
  let open: { text: string; number: number } | undefined;
  content.split(/\r?\n/).forEach((raw, i) => {
    const line = raw.trim();
    const before = open;
    open = undefined;
    if (line === '' || line.startsWith('#')) {
      if (before) lines.push(before);
      return;
    }
    const whole = {
      text: (before?.text ?? '') + line.replace(/\\$/, ' '),
      number: before?.number ?? i + 1,
    };
    if (line.endsWith('\\')) open = whole;
    else lines.push(whole);
  });
  return open ? [...lines, open] : lines;
}

const TYPES = new Set(['limit', 'threshold', 'both']);
const COUNTED_TRACKS = new Set(['by_src', 'by_dst', 'by_both', 'by_rule', 'by_flow']);
/** Allowed `track` values of each kind of line. */
const TRACKS: Readonly<Record<string, ReadonlySet<string>>> = {
  suppress: new Set(['by_src', 'by_dst', 'by_either']),
  threshold: COUNTED_TRACKS,
  event_filter: COUNTED_TRACKS,
  rate_filter: COUNTED_TRACKS,
};
/** Allowed names of each kind of line, besides `gen_id`, `sig_id` and `track`. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  suppress: ['ip'],
  threshold: ['type', 'count', 'seconds'],
  event_filter: ['type', 'count', 'seconds'],
  rate_filter: ['count', 'seconds', 'new_action', 'timeout'],
};
const MAX_NUMBER = 0xffffffff;
/** Actions with which a rate filter replaces the signature's; those that are accepted without effect are ''. */
const NEW_ACTIONS: Readonly<Record<string, NonNullable<ThresholdMatch['newAction']>>> = {
  ...{ alert: 'alert', drop: 'drop', pass: 'pass', reject: 'reject' },
  ...{ log: '', sdrop: '' },
};

function parseLine(line: string, at: Position, variables: ReadonlyMap<string, string>): ThresholdRule {
  const [, keyword = '', rest = ''] = /^([^\s,]+)\s+(.*)$/.exec(line) ?? [];
  if (!Object.hasOwn(TRACKS, keyword))
    throw new Error(`"${keyword || line}" is not one of ${Object.keys(TRACKS).join(', ')}`);
  const fields = fieldsOf(keyword, rest);
  const number = (name: string) => {
    const value = fields.get(name) ?? '';
    if (!/^\d{1,10}$/.test(value) || Number(value) > MAX_NUMBER)
      throw new Error(`${name} needs a number up to ${MAX_NUMBER}`);
    return Number(value);
  };
  const [gid, sid] = [number('gen_id'), number('sig_id')];
  if (gid === 0 && sid !== 0) throw new Error(`gen_id 0 applies to all signatures and needs sig_id 0`);
  return { gid, sid, match: matchOf(keyword, fields, number, at, variables) };
}

/** An unknown name would leave out what the line is restricted to. */
function fieldsOf(keyword: string, rest: string): Map<string, string> {
  const fields = new Map<string, string>();
  const names = ['gen_id', 'sig_id', 'track', ...FIELDS[keyword]!];
  // Commas inside brackets belong to address lists.
  for (const part of rest.split(/,(?![^[]*\])/)) {
    const field = /^\s*(\w+)\s+(.+?)\s*$/.exec(part);
    if (!field) throw new Error(`"${part.trim()}" is invalid`);
    const [, name, value] = field as unknown as [string, string, string];
    if (!names.includes(name)) throw new Error(`"${name}" is not one of ${names.join(', ')}`);
    if (fields.has(name)) throw new Error(`${name} is given twice`);
    fields.set(name, value);
  }
  return fields;
}

function matchOf(
  keyword: string,
  fields: ReadonlyMap<string, string>,
  number: (name: string) => number,
  at: Position,
  variables: ReadonlyMap<string, string>,
): ThresholdMatch {
  const track = fields.get('track') ?? (keyword === 'suppress' ? 'by_either' : '');
  const tracks = TRACKS[keyword]!;
  if (!tracks.has(track)) throw new Error(`track "${track}" is not one of ${[...tracks].join(', ')}`);
  const base = { kind: 'threshold', track: track as ThresholdMatch['track'], count: 0, seconds: 0 } as const;
  switch (keyword) {
    case 'suppress':
      return { ...base, type: 'suppress', ...suppressed(fields, at, variables) };
    case 'rate_filter': {
      const newAction = fields.get('new_action') ?? '';
      if (!Object.hasOwn(NEW_ACTIONS, newAction))
        throw new Error(`new_action "${newAction}" is not one of ${Object.keys(NEW_ACTIONS).join(', ')}`);
      return {
        ...base,
        type: 'rate_filter',
        count: number('count'),
        seconds: number('seconds'),
        timeout: number('timeout'),
        newAction: NEW_ACTIONS[newAction]!,
      };
    }
    default: {
      const type = fields.get('type') ?? '';
      if (!TYPES.has(type)) throw new Error(`type "${type}" is not one of ${[...TYPES].join(', ')}`);
      return { ...base, type: type as ThresholdType, count: number('count'), seconds: number('seconds') };
    }
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

/** What thresholds apply to: a signature, or a detection. */
export interface Limited {
  readonly gid: number;
  readonly sid: number;
  /** For signatures: those of different tenants are counted separately. */
  readonly conditions?: readonly Match[];
  readonly thresholds: readonly unknown[];
}

/**
 * Adds thresholds to the signatures they apply to. A threshold for a single signature replaces the signature's own, and
 * those of earlier lines; a rate filter, and a threshold for many signatures, applies to signatures without thresholds.
 * Suppressions come first.
 */
export function thresholdsAdder<T extends Limited>(rules: readonly ThresholdRule[]): (signature: T) => T {
  if (rules.length === 0) return signature => signature;
  const bySid = new Map<string, number[]>();
  rules.forEach(({ gid, sid }, i) => {
    const key = `${gid}:${sid}`;
    const lines = bySid.get(key);
    if (lines) lines.push(i);
    else bySid.set(key, [i]);
  });
  return signature => {
    const found = ['0:0', `${signature.gid}:0`, `${signature.gid}:${signature.sid}`].flatMap(
      key => bySid.get(key) ?? [],
    );
    if (found.length === 0) return signature;
    const lines = found.sort((a, b) => a - b).map(i => rules[i]!);
    const suppressions = lines.map(({ match }) => match).filter(({ type }) => type === 'suppress');
    return { ...signature, thresholds: [...suppressions, ...inForce(signature.thresholds, lines)] };
  };
}

/** Effective thresholds, from the signature itself and from these lines, in their order. */
function inForce(own: readonly unknown[], lines: readonly ThresholdRule[]): readonly unknown[] {
  let result = own;
  for (const { sid, match } of lines) {
    if (match.type === 'suppress') continue;
    if (result.length === 0) result = [match];
    else if (sid !== 0 && match.type !== 'rate_filter') result = [...result.filter(isFilter), match];
  }
  return result;
}

const isFilter = (threshold: unknown): boolean => (threshold as ThresholdMatch).type === 'detection_filter';
