/** Reads rule files in chunks: rule sets of tens of megabytes need not be in memory as a whole. */
import { closeSync, openSync, readSync } from 'node:fs';
import { continues } from './lines.js';

/** Whole lines of a file, and the number of the first one. */
export interface RuleFileChunk {
  readonly text: string;
  readonly firstLine: number;
}

const CHUNK_BYTES = 1 << 20;
const GZIP = '\x1f\x8b';
/** First characters: a NUL among them means a binary file; one further on only invalidates a rule. */
const BINARY_CHECK_BYTES = 16;
const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/** @returns chunks that end at the end of a rule, latin1 @throws file system Error, or if it is not text */
export function* chunksOf(path: string, size = CHUNK_BYTES): Generator<RuleFileChunk> {
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

/** Otherwise each of its lines would be reported as an error. */
function refuseBinary(text: string): void {
  if (text.startsWith(GZIP)) throw new Error('the file is compressed with gzip; decompress it first');
  if (text.slice(0, BINARY_CHECK_BYTES).includes('\0')) throw new Error('the file is not UTF-8 text');
}

/** Offset after the last line that is not continued by a backslash; 0 if there is none. */
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
