/** What a condition on a buffer saw when it failed. */
import { Needle } from '../buffer-matcher/needle.js';
import type { Inspection } from '../inspection.js';
import { isVariable } from '../keywords/byte-arguments.js';
import { byteReader, numberSource, sizeSource, wholeSource } from '../keywords/byte-reading.js';
import type { ByteTestMatch } from '../keywords/byte-test.js';
import { type EntropyMatch, shannonEntropy } from '../keywords/entropy.js';
import type { IsDataAtMatch } from '../keywords/isdataat.js';
import type { PcreMatch } from '../keywords/pcre.js';
import type { CompileEnvironment } from '../match-compiler.js';
import type { ContentMatch, Match } from '../signature.js';
import { excerpt } from './bytes-text.js';

/**
 * @param cursor end of the previous match
 * @returns a clause to append after "…: "
 */
export function seenInBuffer(
  match: Match,
  at: Inspection,
  cursor: number,
  environment: CompileEnvironment,
): string {
  switch (match.kind) {
    case 'content':
      return content(match as ContentMatch, at, cursor, environment);
    case 'pcre':
      return expression(match as PcreMatch, at, cursor);
    case 'bsize':
      return at.atBeginning && at.atEnd
        ? `the buffer has ${at.end - at.start} bytes`
        : 'the buffer is incomplete: its size is not known';
    case 'entropy':
      return `the entropy is ${entropyOf(match as EntropyMatch, at)}`;
    case 'isdataat':
      return dataLeft(match as IsDataAtMatch, at, cursor);
    case 'byte_test':
    case 'byte_jump':
    case 'byte_extract':
    case 'byte_math':
      return numberRead(match, at, cursor, environment);
    case 'base64_decode':
      return `not base64, or the decoded data does not match: ${excerpt(at.bytes, cursor, at.end)}`;
    default:
      return `the buffer is ${excerpt(at.bytes, at.start, at.end)}`;
  }
}

/** With three decimals: rules rarely use more. */
function entropyOf({ bytes, offset }: EntropyMatch, at: Inspection): string {
  const start = Math.min(at.start + offset, at.end);
  const end = bytes === 0 ? at.end : Math.min(at.end, start + bytes);
  return start < end ? shannonEntropy(at.bytes, start, end).toFixed(3) : 'that of nothing';
}

interface Window {
  readonly from: number;
  readonly to: number;
}

function content(
  match: ContentMatch,
  at: Inspection,
  cursor: number,
  environment: CompileEnvironment,
): string {
  const window = windowOf(match, at, cursor, environment);
  if (!at.atBeginning && !isRelative(match) && window.from >= window.to)
    return 'the start of the stream is no longer available';
  const needle = new Needle(match.bytes, match.nocase);
  const place = needle.find(at.bytes, window.from, window.to);
  if (match.negated) return `it was found ${offsetText(at, place)}`;
  if (match.endswith && place >= 0)
    return `it was found ${offsetText(at, place)}, but the buffer of ${at.end - at.start} bytes does not end with it`;
  const range = `bytes ${window.from - at.start} to ${window.to - at.start} of ${at.end - at.start}`;
  return `not in ${range}, which are ${excerpt(at.bytes, window.from, window.to)}${elsewhere(match, needle, at)}`;
}

function isRelative({ distance, within }: ContentMatch): boolean {
  return distance !== undefined || within !== undefined;
}

/** The search range, computed as in the condition itself. */
function windowOf(
  match: ContentMatch,
  at: Inspection,
  cursor: number,
  environment: CompileEnvironment,
): Window {
  const relative = isRelative(match);
  const source = relative ? numberSource : sizeSource;
  const value = (number: number | string | undefined) =>
    number === undefined ? undefined : source(number, environment)(at);
  const skipped = value(relative ? match.distance : match.offset) ?? 0;
  const length = value(relative ? match.within : match.depth);
  const from = (relative ? cursor : at.start - (at.atBeginning ? 0 : at.position)) + skipped;
  const bounded = Math.min(Math.max(from, at.start), at.end);
  return {
    from: bounded,
    to: length === undefined ? at.end : Math.max(bounded, Math.min(at.end, from + length)),
  };
}

/** The two most frequent mistakes: the wrong position, and the wrong case. */
function elsewhere(match: ContentMatch, needle: Needle, at: Inspection): string {
  const place = needle.find(at.bytes, at.start, at.end);
  if (place >= 0) return `; it is elsewhere, ${offsetText(at, place)}`;
  if (match.nocase) return '';
  const anyCase = new Needle(match.bytes, true).find(at.bytes, at.start, at.end);
  return anyCase < 0 ? '' : `; in different case it is ${offsetText(at, anyCase)}`;
}

function offsetText(at: Inspection, place: number): string {
  return `at offset ${place - at.start}`;
}

function expression(match: PcreMatch, at: Inspection, cursor: number): string {
  const from = match.relative ? cursor : at.start;
  const where = excerpt(at.bytes, from, at.end);
  return match.negated ? `it matches ${where}` : `no match in ${where}`;
}

function dataLeft({ relative, negated }: IsDataAtMatch, at: Inspection, cursor: number): string {
  const left = at.end - (relative ? cursor : at.start);
  return `${negated ? 'there are' : 'there are only'} ${left} bytes${relative ? ' left' : ''}`;
}

function numberRead(match: Match, at: Inspection, cursor: number, environment: CompileEnvironment): string {
  const { bytes, offset, value, ...format } = match as ByteTestMatch;
  const after = at.cursor;
  at.cursor = cursor;
  const reader = byteReader({ bytes, offset }, format, environment);
  const read = reader.read(at);
  at.cursor = after;
  const size = `the buffer has ${at.end - at.start} bytes`;
  if (!read) return `no number can be read at offset ${reader.start - at.start}; ${size}`;
  const found = `the number at offset ${reader.start - at.start} is ${reader.value}`;
  if (match.kind === 'byte_jump') return `${found}, and points outside the buffer; ${size}`;
  const compared =
    value !== undefined && isVariable(value)
      ? `, and ${value} is ${wholeSource(value, environment)(at)}`
      : '';
  return match.kind === 'byte_test' ? `${found}${compared}` : `${found}; the calculation has no result`;
}
