/** Where a rule stands: turns offsets in its text into positions of the file. */
import type { Position } from '../signature.js';

/**
 * One rule of a file. The text is latin1 (one character is one byte of the file), lines joined.
 */
export class RuleSource {
  constructor(
    readonly text: string,
    readonly file: string,
    /** Line of the first character. */
    readonly line: number,
    /** Offsets at which the further lines of a rule with `\` at line ends begin. */
    private readonly lineStarts: readonly number[] = [],
  ) {}

  /** The position of a character; columns count UTF-16 units of the file read as UTF-8. */
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
    for (let i = start; i < offset; i++) {
      if (this.text.charCodeAt(i) >= 0x80) return decodeText(this.text.slice(start, offset)).length;
    }
    return offset - start;
  }
}

/** Text read as latin1 to what it means in UTF-8. */
export function decodeText(latin1: string): string {
  for (let i = 0; i < latin1.length; i++) {
    if (latin1.charCodeAt(i) >= 0x80) return Buffer.from(latin1, 'latin1').toString('utf8');
  }
  return latin1;
}
