/** The plainest pattern search: the reference for every matcher. */
import { PATTERN_CASELESS, type Pattern } from '../../engine/matcher.js';

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

function isAt(pattern: Pattern, data: Uint8Array, start: number): boolean {
  const fold = pattern.flags & PATTERN_CASELESS ? lower : (byte: number) => byte;
  return pattern.bytes.every((byte, i) => fold(byte) === fold(data[start + i]!));
}

/** First end of each id found in `data` after the first `before` bytes, relative to them. */
export function firstEnds(patterns: readonly Pattern[], data: Uint8Array, before = 0): Map<number, number> {
  const ends = new Map<number, number>();
  for (const pattern of patterns) {
    const { length } = pattern.bytes;
    for (let start = Math.max(0, before - length + 1); start + length <= data.length; start++) {
      if (!isAt(pattern, data, start)) continue;
      const end = start + length - before;
      ends.set(pattern.id, Math.min(end, ends.get(pattern.id) ?? end));
      break;
    }
  }
  return ends;
}
