/**
 * The fast pattern according to Suricata's documentation, which is what engine analysis shows: the one chosen in the
 * rule; otherwise, of the contents in buffers of the highest priority, the longest; then the strongest; then the first.
 * Negated contents are used only if there are no others.
 */
import { isSearched } from '../compile/fast-pattern.js';
import { PAYLOAD_BUFFERS } from '../compile/traits.js';
import { HEADER_BUFFERS } from '../keywords/header-buffers.js';
import type { BufferConditions, ContentMatch, Signature } from '../signature.js';

export interface ChosenPattern {
  readonly conditions: BufferConditions;
  readonly content: ContentMatch;
  /** The bytes searched for: all, or the part selected by `fast_pattern`. */
  readonly bytes: string;
}

/** @returns undefined for a signature without a suitable content */
export function chosenPattern(signature: Signature): ChosenPattern | undefined {
  const all = signature.buffers.filter(each => isSearched(each) || isHeader(each)).flatMap(patternsIn);
  const positive = all.filter(({ content }) => !content.negated);
  const candidates = positive.length > 0 ? positive : all;
  return all.find(({ content }) => content.fastPattern) ?? candidates.sort(byPreference)[0];
}

function isHeader({ buffer }: BufferConditions): boolean {
  return HEADER_BUFFERS.includes(buffer);
}

function patternsIn(conditions: BufferConditions): ChosenPattern[] {
  const contents = conditions.conditions.filter(match => match.kind === 'content') as ContentMatch[];
  return contents.map(content => ({ conditions, content, bytes: searchedBytes(content) }));
}

function searchedBytes({ bytes, fastPattern }: ContentMatch): string {
  if (typeof fastPattern !== 'object') return bytes;
  return bytes.slice(fastPattern.offset, fastPattern.offset + fastPattern.length);
}

function byPreference(a: ChosenPattern, b: ChosenPattern): number {
  return (
    priority(a) - priority(b) || b.bytes.length - a.bytes.length || strength(b.bytes) - strength(a.bytes)
  );
}

/** Lower values first: buffers of applications, then the payload; HTTP methods have few values and match often. */
function priority({ conditions: { buffer } }: ChosenPattern): number {
  if (buffer === 'http.method') return 4;
  return PAYLOAD_BUFFERS.has(buffer) ? 3 : 2;
}

/** Distinct bytes count more than repeated ones, letters less than others. */
function strength(bytes: string): number {
  const different = new Set(bytes);
  let sum = bytes.length - different.size;
  for (const c of different) sum += /[a-z]/i.test(c) ? 3 : /[\x20-\x7e\0\x01\xff]/.test(c) ? 4 : 6;
  return sum;
}
