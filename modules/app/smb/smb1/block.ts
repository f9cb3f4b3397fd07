/** Commands of a message: each with a block of words and one of bytes (MS-CIFS 2.2.3.2, 2.2.3.3). */
import type { Fields } from '../fields.js';

/** One of the commands of a message: its words and bytes, with offsets from the header. */
export interface Block {
  readonly m: Fields;
  readonly words: number;
  readonly wordCount: number;
  readonly bytes: number;
  readonly end: number;
}

export function blockAt(m: Fields, at: number): Block {
  const wordCount = m.u8(at);
  const bytes = at + 1 + 2 * wordCount + 2;
  return { m, words: at + 1, wordCount, bytes, end: Math.min(m.length, bytes + m.u16(bytes - 2)) };
}

/** The identifier of an open file, as logged in records. */
export const fidText = (fid: number): string => fid.toString(16).padStart(4, '0');

/** UTF-16 is aligned to even offsets. */
export const even = (at: number): number => at + (at & 1);
