/** Converts offsets in a rule's text into positions of the file. */
import type { Position } from '../signature.js';

/** Non-ASCII characters of latin1 text, and characters beyond latin1 (text that is already decoded). */
const BEYOND_ASCII = /[\x80-\xff]/;
const BEYOND_LATIN1 = /[^\u0000-\u00ff]/;

/** A rule of a file. The text is latin1 (one character is one byte of the file), with lines joined. */
export class RuleSource {
  /** Every byte is a character: checked once, since each option of a rule has a position. */
  private readonly ascii: boolean;

  constructor(
    readonly text: string,
    readonly file: string,
    /** Line number of the first character. */
    readonly line: number,
    /** Offsets at which continuation lines of a rule begin (after `\` at line ends). */
    private readonly lineStarts: readonly number[] = [],
  ) {
    this.ascii = !BEYOND_ASCII.test(text);
  }

  /** The position of a character; columns count UTF-16 units of the file decoded as UTF-8. */
  position(offset: number): Position {
    let lines = 0;
    let start = 0;
    for (const next of this.lineStarts) {
      if (next > offset) break;
      lines++;
      start = next;
    }
    return { file: this.file, line: this.line + lines, column: this.width(start, offset) + 1 };
  }

  private width(start: number, offset: number): number {
    return this.ascii ? offset - start : decodeText(this.text.slice(start, offset)).length;
  }
}

/** Decodes UTF-8 text that was read as latin1. */
export function decodeText(latin1: string): string {
  return BEYOND_ASCII.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1;
}

/** Decodes a message that may quote text read as latin1, for display; text already decoded is unchanged. */
export function decodeQuoted(sentence: string): string {
  if (!BEYOND_ASCII.test(sentence) || BEYOND_LATIN1.test(sentence)) return sentence;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(sentence, 'latin1'));
  } catch {
    return sentence;
  }
}
