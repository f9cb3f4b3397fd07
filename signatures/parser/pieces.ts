/** Reads files of rules piece by piece: rule sets of tens of megabytes need not be in memory as a whole. */
import { closeSync, openSync, readSync } from 'node:fs';
import { continues } from './lines.js';

/** Whole lines of a file, and the number of the first. */
export interface Piece {
  readonly text: string;
  readonly firstLine: number;
}

const PIECE = 1 << 20;
const GZIP = '\x1f\x8b';
/** First characters: a NUL among them tells that it is something else, one further behind spoils a rule alone. */
const LOOKED_AT = 16;
const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/** @returns pieces that end where a rule ends, latin1 @throws Error of the file system, or when it is no text */
export function* piecesOf(path: string, size = PIECE): Generator<Piece> {
  let firstLine = 1;
  let open = '';
  for (const block of blocksOf(path, size)) {
    open += block;
    const end = lastRuleEnd(open);
    if (end === 0) continue;
    const text = open.slice(0, end);
    yield { text, firstLine };
    firstLine += linesIn(text);
    open = open.slice(end);
  }
  if (open !== '') yield { text: open, firstLine };
}

function* blocksOf(path: string, size: number): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(size);
    for (let first = true; ; first = false) {
      const read = readSync(file, buffer, 0, size, null);
      if (read === 0) return;
      const text = buffer.toString('latin1', 0, read);
      if (first) refuseBinary(text);
      yield first && text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
    }
  } finally {
    closeSync(file);
  }
}

/** Each of its lines would be told as a mistake. */
function refuseBinary(text: string): void {
  if (text.startsWith(GZIP)) throw new Error('the file is compressed with gzip; decompress it first');
  if (text.slice(0, LOOKED_AT).includes('\0')) throw new Error('the file is not UTF-8 text');
}

/** Behind the last line that no backslash joins with the next; 0 when there is none. */
function lastRuleEnd(text: string): number {
  let end = text.lastIndexOf('\n');
  while (end >= 0 && continues(text, end)) end = text.lastIndexOf('\n', end - 1);
  return end + 1;
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
