/**
 * Compiles literals to q-gram tables.
 *
 * Testing every 4th position of the data finds one of the four 4-byte grams of a window of each pattern of 7 bytes or
 * more, at any alignment. So longer patterns are searched with longer strides; and the window is chosen so that its
 * grams are rare.
 */
import type { Pattern } from '../matcher.js';
import { PATTERN_CASELESS, PATTERN_REGEX } from '../native/patterns.js';
import { GramLists } from './qgram-lists.js';
import { type Content, gramAt, type Pass, shareTables, type Tables, WORD } from './qgram-tables.js';

type Patterns = Omit<Content, 'streaming' | 'passes'>;

/** Patterns found by the same pass. */
interface Group {
  readonly q: number;
  readonly stride: number;
  readonly members: readonly number[];
}

/** @throws Error naming the refused pattern */
export function compileTables(patterns: readonly Pattern[], streaming: boolean): Tables {
  if (patterns.length === 0) throw new Error('no patterns to compile');
  patterns.forEach(rejectUnsupported);
  const content = contentOf(patterns);
  const passes = groupsOf(content.lengths).map(group => passOf(content, group));
  return shareTables({ ...content, streaming, passes });
}

function rejectUnsupported({ id, bytes, flags }: Pattern): void {
  if (bytes.length === 0) throw new Error(`pattern ${id} is empty`);
  if (flags & PATTERN_REGEX) throw new Error(`pattern ${id} is a regular expression, which needs Hyperscan`);
}

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

function contentOf(patterns: readonly Pattern[]): Patterns {
  const numbers = new Map<number, number>();
  for (const { id } of patterns) if (!numbers.has(id)) numbers.set(id, numbers.size);
  const lengths = Int32Array.from(patterns, pattern => pattern.bytes.length);
  const starts = new Int32Array(patterns.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let end = 0;
  patterns.forEach((pattern, i) => {
    starts[i] = end;
    bytes.set(pattern.flags & PATTERN_CASELESS ? pattern.bytes.map(lower) : pattern.bytes, end);
    end += lengths[i]!;
  });
  return {
    longest: lengths.reduce((most, length) => Math.max(most, length), 0),
    ids: Int32Array.from(numbers.keys()),
    idOf: Int32Array.from(patterns, pattern => numbers.get(pattern.id)!),
    starts,
    lengths,
    folds: Int32Array.from(patterns, pattern => (pattern.flags & PATTERN_CASELESS ? 256 : 0)),
    bytes,
  };
}

function groupsOf(lengths: Int32Array): Group[] {
  const all = Array.from(lengths.keys());
  const group = (q: number, stride: number, least: number, most: number): Group => {
    return { q, stride, members: all.filter(i => lengths[i]! >= least && lengths[i]! <= most) };
  };
  // Patterns of 4 bytes need every position: then those of 5 and 6 add no cost.
  const stride = lengths.includes(WORD) ? 1 : 2;
  const groups = [group(WORD, 4, WORD + 3, Infinity), group(WORD, stride, WORD, WORD + 2)];
  for (let q = WORD - 1; q > 0; q--) groups.push(group(q, 1, q, q));
  return groups.filter(({ members }) => members.length > 0);
}

function passOf(content: Patterns, { q, stride, members }: Group): Pass {
  const { starts, lengths, bytes } = content;
  const lists = new GramLists();
  // Patterns with few windows first: the others then avoid their grams.
  for (const pattern of members.toSorted((a, b) => lengths[a]! - lengths[b]! || a - b)) {
    const start = starts[pattern]!;
    const length = lengths[pattern]!;
    const window = lists.rarestWindow(bytes, start, length, q, stride);
    for (let offset = window; offset < window + stride; offset++) {
      const other = q < WORD || offset > length - WORD - offset ? 0 : length - WORD;
      const otherGram = q < WORD ? 0 : gramAt(bytes, start + other, q);
      lists.add(gramAt(bytes, start + offset, q), { pattern, offset, distance: other - offset, otherGram });
    }
  }
  return { q, mask: (-1 >>> (8 * (WORD - q))) | 0, stride, ...lists.toTables() };
}
