/**
 * How many bytes of a stream a signature must see at once: determines how much history is kept before new data for its
 * port group.
 */
import { isRelative } from '../buffer-matcher/chain.js';
import { MAX_TEXT_LENGTH } from '../keywords/byte-arguments.js';
import type { ContentMatch, Match, Signature } from '../signature.js';
import { PAYLOAD_BUFFERS } from './traits.js';

/** @returns bytes, or Infinity for an unbounded signature */
export function reachOf(signature: Signature): number {
  let reach = 0;
  for (const { buffer, conditions } of signature.buffers) {
    if (!PAYLOAD_BUFFERS.has(buffer)) continue;
    conditions.forEach((match, i) => {
      reach += reachOfMatch(match, i === 0);
    });
  }
  return reach;
}

function reachOfMatch(match: Match, first: boolean): number {
  // It refers to the beginning of the stream.
  if (first && isRelative(match)) return Infinity;
  if (match.kind === 'content') return reachOfContent(match as ContentMatch, first);
  if (match.kind === 'byte_test' || match.kind === 'byte_extract') {
    const offset = match['offset'];
    return match['relative'] === true && typeof offset === 'number'
      ? Math.abs(offset) + MAX_TEXT_LENGTH
      : Infinity;
  }
  return Infinity;
}

function reachOfContent(content: ContentMatch, first: boolean): number {
  const { length } = content.bytes;
  if (first) return content.negated ? Infinity : length;
  if (typeof content.within !== 'number') return Infinity;
  const distance = content.distance ?? 0;
  return typeof distance === 'number' ? Math.abs(distance) + Math.max(content.within, length) : Infinity;
}
