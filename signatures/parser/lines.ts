/** Rules of a file: lines without comments; lines that end in `\` are joined with the next. */
import { RuleSource } from './source.js';

/** @param text the file read as latin1, or whole lines of it  @param firstLine number of the first line */
export function* rulesOf(text: string, file: string, firstLine = 1): Generator<RuleSource> {
  let line = firstLine;
  for (let start = 0; start < text.length; ) {
    const first = line;
    let end = lineEnd(text, start);
    line++;
    const begin = skipBlanks(text, start, end);
    const c = text.charCodeAt(begin);
    if (begin === end || c === HASH) {
      start = end + 1;
      continue;
    }
    if (!continues(text, end)) {
      yield new RuleSource(text.slice(start, trimmedEnd(text, start, end)), file, first);
    } else {
      const parts: string[] = [];
      const starts: number[] = [];
      let length = 0;
      while (continues(text, end) && end < text.length) {
        parts.push(text.slice(start, backslash(text, end)));
        length += parts.at(-1)!.length;
        starts.push(length);
        start = end + 1;
        end = lineEnd(text, start);
        line++;
      }
      parts.push(text.slice(start, trimmedEnd(text, start, end)));
      yield new RuleSource(parts.join('').trimEnd(), file, first, starts);
    }
    start = end + 1;
  }
}

const HASH = 0x23;

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0d;
}

function skipBlanks(text: string, from: number, end: number): number {
  while (from < end && isBlank(text.charCodeAt(from))) from++;
  return from;
}

function trimmedEnd(text: string, start: number, end: number): number {
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Offset of the last non-blank character before `end`: of the backslash that continues the line. */
function backslash(text: string, end: number): number {
  let last = end - 1;
  while (last >= 0 && isBlank(text.charCodeAt(last))) last--;
  return last;
}

/** Whether the line that ends at `end` continues on the next. */
export function continues(text: string, end: number): boolean {
  return text[backslash(text, end)] === '\\';
}
