/**
 * Header fields as the text that signatures inspect. Written into one buffer: joining lists of small parts takes many
 * times as long, for every message.
 */
import { fromLatin1 } from '../../../engine/latin1.js';

interface NamedValue {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
}

const SEPARATOR = fromLatin1(': ');
const LINE_END = fromLatin1('\r\n');

/** `Name: value` of one field, without the line end. */
export function headerLine({ name, value }: NamedValue): Uint8Array {
  return Buffer.concat([name, SEPARATOR, value]);
}

/** `Name: value` lines. @returns undefined if there are none */
export function headerLines(fields: readonly NamedValue[]): Uint8Array | undefined {
  if (fields.length === 0) return undefined;
  const text = new Uint8Array(linesLength(fields));
  writeLines(text, 0, fields);
  return text;
}

/** The first line, the fields, and an empty line. */
export function messageHead(line: Uint8Array, fields: readonly NamedValue[]): Uint8Array {
  const text = new Uint8Array(line.length + linesLength(fields) + 2 * LINE_END.length);
  const at = writeLines(text, put(text, put(text, 0, line), LINE_END), fields);
  put(text, at, LINE_END);
  return text;
}

/** An empty line, a line for each name, and another empty line. @returns undefined if there are no fields */
export function headerNames(fields: readonly NamedValue[]): Uint8Array | undefined {
  if (fields.length === 0) return undefined;
  let length = 2 * LINE_END.length;
  for (const { name } of fields) length += name.length + LINE_END.length;
  const text = new Uint8Array(length);
  let at = put(text, 0, LINE_END);
  for (const { name } of fields) at = put(text, put(text, at, name), LINE_END);
  put(text, at, LINE_END);
  return text;
}

function linesLength(fields: readonly NamedValue[]): number {
  let length = 0;
  for (const { name, value } of fields)
    length += name.length + SEPARATOR.length + value.length + LINE_END.length;
  return length;
}

/** @returns the offset after them */
function writeLines(text: Uint8Array, start: number, fields: readonly NamedValue[]): number {
  let at = start;
  for (const { name, value } of fields) {
    at = put(text, put(text, at, name), SEPARATOR);
    at = put(text, put(text, at, value), LINE_END);
  }
  return at;
}

/** @returns the offset after it */
function put(text: Uint8Array, at: number, part: Uint8Array): number {
  // For a few bytes a loop is faster than a call.
  if (part.length > 64) text.set(part, at);
  else for (let i = 0; i < part.length; i++) text[at + i] = part[i]!;
  return at + part.length;
}
