/** threshold and detection_filter: how often a signature must match, or may alert. */
import type { Keyword } from '../keyword.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { AddressSet, Match, Position } from '../signature.js';
import type { Track } from '../state/track.js';

export type ThresholdType =
  | 'limit'
  | 'threshold'
  | 'both'
  | 'backoff'
  | 'detection_filter'
  | 'rate_filter'
  | 'suppress';

export interface ThresholdMatch extends Match {
  readonly kind: 'threshold';
  readonly type: ThresholdType;
  readonly track: Track | 'by_either';
  readonly count: number;
  readonly seconds: number;
  readonly multiplier?: number;
  /** rate_filter: replacement action ('' for the signature's own), and its duration. */
  readonly newAction?: 'alert' | 'drop' | 'pass' | 'reject' | '';
  readonly timeout?: number;
  /** suppress: addresses to which it applies; all if absent. */
  readonly addresses?: AddressSet;
}

const TRACKS = new Set(['by_src', 'by_dst', 'by_both', 'by_rule', 'by_flow']);

const THRESHOLD_FIELDS = ['type', 'track', 'count', 'seconds', 'multiplier'];
const FILTER_FIELDS = ['track', 'count', 'seconds'];

/** `name value` pairs separated by commas, each allowed name once. */
function fieldsOf(
  argument: string,
  keyword: string,
  names: readonly string[],
  at: Position,
): Map<string, string> {
  const fields = new Map<string, string>();
  for (const part of argument.split(',')) {
    const match = /^\s*([a-z_]+)\s+(\S+)\s*$/.exec(part);
    if (!match || fields.has(match[1]!) || !names.includes(match[1]!))
      throw new RuleError(`invalid ${keyword} "${part.trim()}"`, at, names.join(', '));
    fields.set(match[1]!, match[2]!);
  }
  return fields;
}

function number(fields: Map<string, string>, name: string, keyword: string, at: Position): number {
  const text = fields.get(name) ?? '';
  if (!/^\d{1,9}$/.test(text)) throw new RuleError(`${keyword} needs ${name} with a number`, at);
  return Number(text);
}

/** A time, optionally with a unit of minutes, hours or days (`5m`, `1h`). */
function seconds(fields: Map<string, string>, keyword: string, at: Position): number {
  const match = /^(\d{1,9})([smhd]?)$/.exec(fields.get('seconds') ?? '');
  if (!match) throw new RuleError(`${keyword} needs seconds with a number`, at);
  const unit = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }[match[2]!]!;
  const value = Number(match[1]) * unit;
  if (value === 0) throw new RuleError(`${keyword} seconds must be greater than 0`, at);
  return value;
}

function trackOf(fields: Map<string, string>, keyword: string, at: Position): Track {
  const track = fields.get('track') ?? '';
  if (!TRACKS.has(track)) throw new RuleError(`${keyword} needs track ${[...TRACKS].join(', ')}`, at);
  return track as Track;
}

function parseThreshold(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  requireAlone(rule, 'threshold', at);
  const fields = fieldsOf(argument!, 'threshold', THRESHOLD_FIELDS, at);
  const type = fields.get('type') ?? '';
  const track = trackOf(fields, 'threshold', at);
  const count = number(fields, 'count', 'threshold', at);
  if (count === 0) throw new RuleError('threshold count must be greater than 0', at);
  if (type === 'backoff') {
    const multiplier = number(fields, 'multiplier', 'threshold', at);
    if (track !== 'by_flow') throw new RuleError('threshold type backoff needs track by_flow', at);
    if (multiplier < 2) throw new RuleError('threshold multiplier must be 2 or more', at);
    rule.thresholds.push({ kind: 'threshold', type, track, count, seconds: 0, multiplier });
    return;
  }
  if (type !== 'limit' && type !== 'threshold' && type !== 'both') {
    throw new RuleError(`threshold type "${type}" is invalid`, at, 'limit, threshold, both or backoff');
  }
  rule.thresholds.push({
    kind: 'threshold',
    type,
    track,
    count,
    seconds: seconds(fields, 'threshold', at),
  });
}

function parseDetectionFilter(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  requireAlone(rule, 'detection_filter', at);
  const fields = fieldsOf(argument!, 'detection_filter', FILTER_FIELDS, at);
  const track = trackOf(fields, 'detection_filter', at);
  const count = number(fields, 'count', 'detection_filter', at);
  rule.thresholds.push({
    kind: 'threshold',
    type: 'detection_filter',
    track,
    count,
    seconds: seconds(fields, 'detection_filter', at),
  });
}

/** A rule may have several thresholds, but not together with detection_filter. */
function requireAlone(rule: RuleBuilder, keyword: string, at: Position): void {
  if (keyword === 'threshold' && !rule.thresholds.some(each => each.type === 'detection_filter')) return;
  if (rule.thresholds.length === 0) return;
  throw new RuleError(`${keyword} cannot be combined with another threshold or detection_filter`, at);
}

export const thresholdKeywords: readonly Keyword[] = [
  {
    name: 'threshold',
    family: 'threshold',
    summary: 'Limits the number of alerts within a time span.',
    grammar:
      'type limit | threshold | both | backoff, track by_src | by_dst | by_both | by_rule | by_flow, count n, seconds n',
    features: ['compatible with IP-only rule'],
    parse: parseThreshold,
  },
  {
    name: 'detection_filter',
    family: 'threshold',
    summary: 'Matches only after a number of matches within a time span.',
    grammar: 'track by_src | by_dst | by_both | by_rule | by_flow, count n, seconds n',
    features: ['compatible with IP-only rule'],
    parse: parseDetectionFilter,
  },
];
