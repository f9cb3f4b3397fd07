/**
 * The one content of a signature that is searched for in all traffic: where it is found, the signature becomes a
 * candidate. The rule's own `fast_pattern` wins; otherwise the most selective content.
 */
import { holdsWhenAbsent } from '../keywords/isdataat.js';
import type { BufferConditions, ContentMatch, Match, Signature } from '../signature.js';
import { isApplicationBuffer, PACKET_BUFFERS, PAYLOAD_BUFFERS } from './traits.js';

export interface FastPattern {
  readonly conditions: BufferConditions;
  /** Latin-1 text. */
  readonly bytes: string;
  readonly nocase: boolean;
  /** The maximum end offset of a match in its buffer; 0 if unbounded. */
  readonly maximumEnd: number;
}

/** Longer patterns are truncated: more bytes hardly make matches rarer, and cost memory. */
export const MAX_PATTERN_LENGTH = 64;

/** @returns undefined for a signature without a suitable content */
export function fastPatternOf(signature: Signature): FastPattern | undefined {
  let best: FastPattern | undefined;
  let bestWeight = -1;
  for (const conditions of signature.buffers) {
    if (!isSearched(conditions) || holdsWhenAbsent(conditions)) continue;
    for (const match of conditions.conditions) {
      if (match.kind !== 'content') continue;
      const content = match as ContentMatch;
      if (content.fastPattern) return content.negated ? undefined : patternOf(conditions, content);
      const weight = content.negated ? -1 : weightOf(conditions, content);
      if (weight > bestWeight) {
        bestWeight = weight;
        best = patternOf(conditions, content);
      }
    }
  }
  return best && isSelective(best) ? best : undefined;
}

/** Packet headers, and buffers created by conditions, are not searched. */
export function isSearched(conditions: BufferConditions): boolean {
  return (
    PAYLOAD_BUFFERS.has(conditions.buffer) ||
    (isApplicationBuffer(conditions) && !PACKET_BUFFERS.has(conditions.buffer))
  );
}

/** A single byte is found in nearly every payload: evaluating the signature itself is cheaper. */
function isSelective(pattern: FastPattern): boolean {
  return pattern.bytes.length > 1 || isApplicationBuffer(pattern.conditions);
}

/** Buffers with a small set of values are not selective. */
const COMMON = new Set(
  'http.method http.protocol http.stat_code http.stat_msg http.request_line tls.version'.split(' '),
);

const APPLICATION_WEIGHT = 1000;
const COMMON_WEIGHT = 200;

function weightOf(conditions: BufferConditions, content: ContentMatch): number {
  const where = PAYLOAD_BUFFERS.has(conditions.buffer)
    ? 0
    : COMMON.has(conditions.buffer)
      ? COMMON_WEIGHT
      : APPLICATION_WEIGHT;
  return where + selectivityOf(content.bytes);
}

/** Selectivity of a pattern: rare and distinct bytes count more than frequent and repeated ones. */
export function selectivityOf(bytes: string): number {
  const seen = new Set<number>();
  let strength = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.charCodeAt(i);
    strength += seen.has(byte) ? 1 : byteSelectivity(byte);
    seen.add(byte);
  }
  return strength;
}

function byteSelectivity(byte: number): number {
  const character = String.fromCharCode(byte);
  if (byte === 0 || byte === 1 || byte === 0xff || byte === 0x20 || byte === 0x0d || byte === 0x0a) return 1;
  if (/[a-z]/i.test(character)) return 3;
  return byte >= 0x20 && byte < 0x7f ? 4 : 6;
}

function patternOf(conditions: BufferConditions, content: ContentMatch): FastPattern {
  const chop = typeof content.fastPattern === 'object' ? content.fastPattern : undefined;
  const chopped = chop ? content.bytes.slice(chop.offset, chop.offset + chop.length) : content.bytes;
  const bytes = chopped.slice(0, MAX_PATTERN_LENGTH);
  return { conditions, bytes, nocase: content.nocase, maximumEnd: maximumEnd(content) };
}

function maximumEnd(content: ContentMatch): number {
  if (content.distance !== undefined || content.within !== undefined || typeof content.depth !== 'number')
    return 0;
  if (content.offset !== undefined && typeof content.offset !== 'number') return 0;
  return (content.offset ?? 0) + content.depth;
}

/** Key of a list of buffers: keyword and transforms. */
export function bufferKey(buffer: string, transforms: readonly Match[]): string {
  return transforms.length === 0 ? buffer : `${buffer} ${JSON.stringify(transforms)}`;
}
