/**
 * The header fields of one message: parsed as leniently as browsers and servers do, kept as offsets into the raw lines;
 * the value of a field that is folded or repeated is assembled.
 */
import { randomInt } from 'node:crypto';
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import { latin1 } from '../../../engine/latin1.js';
import { mix } from '../../../engine/memory/mix.js';
import { COLON, CR, chomp, EMPTY, isBlank, isSpace, isToken, isWord, LF, lower } from './bytes.js';
import type { HttpEvent } from './events.js';

export const FIELD_FOLDED = 1 << 0;
export const FIELD_REPEATED = 1 << 1;
export const FIELD_INVALID = 1 << 2;
export const FIELD_MISSING_COLON = 1 << 3;

export interface Field {
  /** Of the lower-case name: used to look up fields of the same name. */
  readonly hash: number;
  readonly name: Uint8Array;
  value: Uint8Array;
  flags: number;
}

/** Repetitions of a field whose values are joined; further ones are only counted. */
const MAX_REPETITIONS = 64;

export interface HeaderLimits {
  readonly fields: number;
  /** Lines beyond this many bytes of the header are not kept. */
  readonly bytes: number;
}

/** Problems reported while fields are read; the direction is prefixed to the event name. */
export type Problem =
  | 'field_missing_colon'
  | 'header_invalid'
  | 'header_repetition'
  | 'field_folding'
  | 'too_many_headers'
  | 'duplicate_content_length';

export function eventOf(problem: Problem, toServer: boolean): HttpEvent {
  const side = toServer ? 'request' : 'response';
  if (problem === 'field_folding') return `invalid_${side}_field_folding`;
  if (problem === 'duplicate_content_length') return `duplicate_content_length_field_in_${side}`;
  return `${side}_${problem}`;
}

export class Headers {
  readonly fields: Field[] = [];
  private readonly raw = new GrowingBytes(512);
  /** A line that the next one may continue. */
  private pending: Uint8Array | undefined;
  private repetitions = 0;
  private seen = 0;
  /** More was received than is kept. */
  private isCut = false;

  constructor(
    private readonly limits: HeaderLimits,
    private readonly report: (problem: Problem) => void,
  ) {}

  /** All lines as received, with the empty one at the end. */
  get rawBytes(): Uint8Array {
    return this.raw.view();
  }

  /**
   * Adds a line with its end.
   * @param splits whether a folded line that looks like a field begins a new one (responses, as browsers parse them)
   */
  addLine(line: Uint8Array, splits: boolean): void {
    const start = this.raw.length;
    if (start + line.length > this.limits.bytes) {
      this.cut();
      return;
    }
    this.raw.append(line);
    const text = chomp(this.raw.slice(start));
    if (!isFolded(text)) {
      this.flush();
      this.pending = text;
      return;
    }
    if (this.pending === undefined) {
      this.report('field_folding');
      this.pending = text;
      return;
    }
    if (splits && text.includes(COLON) && this.pending.includes(COLON)) {
      this.report('field_folding');
      this.flush();
      this.pending = text.subarray(1);
      return;
    }
    this.fold(text);
  }

  /** The empty line at the end. */
  addEnd(line: Uint8Array): void {
    this.raw.append(line);
    this.flush();
  }

  /** Discards everything (an interim response came before). */
  clear(): void {
    this.fields.length = 0;
    this.pending = undefined;
    this.folded = undefined;
  }

  /** Ends the field in progress: no further lines will follow. */
  flush(): void {
    const line = this.folded?.view() ?? this.pending;
    if (line === undefined) return;
    const flags = this.folded ? FIELD_FOLDED : 0;
    this.pending = undefined;
    this.folded = undefined;
    this.add(this.parse(line, flags));
  }

  private folded: GrowingBytes | undefined;

  private fold(text: Uint8Array): void {
    if (!this.folded) {
      this.folded = new GrowingBytes();
      this.folded.append(this.pending!);
    }
    let start = 0;
    while (start < text.length && (isBlank(text[start]) || text[start] === 0)) start++;
    this.folded.append(BLANK);
    this.folded.append(text, start);
  }

  /** What follows is not kept. */
  private cut(): void {
    if (!this.isCut) this.report('too_many_headers');
    this.isCut = true;
  }

  private parse(line: Uint8Array, flags: number): Field {
    const colon = line.indexOf(COLON);
    if (colon < 0) {
      this.report('field_missing_colon');
      return { hash: 0, name: EMPTY, value: trimmed(line, 0), flags: flags | FIELD_MISSING_COLON };
    }
    let end = colon;
    while (end > 0 && isSpace(line[end - 1])) end--;
    let start = 0;
    while (start < end && isSpace(line[start])) start++;
    let invalid = end < colon || start > 0 || end === start;
    let hash = SEED;
    for (let i = start; i < end; i++) {
      const byte = line[i]!;
      if (!isToken(byte)) invalid = true;
      if (byte !== 0) hash = mix(hash, lower(byte));
    }
    if (invalid) this.report('header_invalid');
    const name = withoutZeros(line.subarray(start, end));
    return { hash, name, value: trimmed(line, colon + 1), flags: flags | (invalid ? FIELD_INVALID : 0) };
  }

  private add(field: Field): void {
    if (++this.seen > this.limits.fields) {
      this.cut();
      return;
    }
    const known = field.name.length > 0 ? this.hasSameName(field) : undefined;
    if (!known) {
      this.fields.push(field);
      return;
    }
    if ((known.flags & FIELD_REPEATED) === 0) this.report('header_repetition');
    known.flags |= FIELD_REPEATED;
    if (isWord(field.name, 0, field.name.length, 'content-length')) {
      // The first one is used.
      if (contentLength(known.value) !== contentLength(field.value)) this.report('duplicate_content_length');
      return;
    }
    if (++this.repetitions > MAX_REPETITIONS) return;
    known.value = joined(known.value, field.value);
  }

  private hasSameName(field: Field): Field | undefined {
    const { fields } = this;
    for (let i = 0; i < fields.length; i++) {
      const known = fields[i]!;
      if (known.hash === field.hash && sameWord(known.name, field.name)) return known;
    }
    return undefined;
  }

  /** @param name lower case */
  find(name: string): Field | undefined {
    const hash = hashOf(name);
    const { fields } = this;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      if (field.hash === hash && isWord(field.name, 0, field.name.length, name)) return field;
    }
    return undefined;
  }

  value(name: string): Uint8Array | undefined {
    return this.find(name)?.value;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return value && latin1(value);
  }
}

/** Random, so that names with equal hashes cannot be chosen by an attacker. */
const SEED = randomInt(2 ** 32);
const BLANK = new Uint8Array([32]);

/** Same hash as in `Field`. */
function hashOf(name: string): number {
  let hash = SEED;
  for (let i = 0; i < name.length; i++) hash = mix(hash, name.charCodeAt(i));
  return hash;
}

/** A NUL folds too, because some parsers skip it. */
function isFolded(line: Uint8Array): boolean {
  return line.length > 0 && (isBlank(line[0]) || line[0] === 0);
}

/** Nothing but a line end. */
export function isEmptyLine(line: Uint8Array): boolean {
  return (
    (line.length === 1 && (line[0] === LF || line[0] === CR)) ||
    (line.length === 2 && ((line[0] === CR && line[1] === LF) || (line[0] === LF && line[1] === CR)))
  );
}

/** For comparing names as parsers that skip NUL bytes do. */
function withoutZeros(name: Uint8Array): Uint8Array {
  return name.includes(0) ? name.filter(byte => byte !== 0) : name;
}

function trimmed(line: Uint8Array, from: number): Uint8Array {
  let start = from;
  let end = line.length;
  while (start < end && isSpace(line[start])) start++;
  while (end > start && isSpace(line[end - 1])) end--;
  return line.subarray(start, end);
}

function sameWord(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (lower(a[i]!) !== lower(b[i]!)) return false;
  return true;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + 2 + b.length);
  both.set(a);
  both[a.length] = 0x2c;
  both[a.length + 1] = 0x20;
  both.set(b, a.length + 2);
  return both;
}

/** The first number in a Content-Length, whatever surrounds it; -1 if there is none. */
export function contentLength(value: Uint8Array): number {
  let at = 0;
  while (at < value.length && !isDigit(value[at]!)) at++;
  if (at === value.length) return -1;
  let length = 0;
  for (; at < value.length && isDigit(value[at]!); at++) {
    length = length * 10 + value[at]! - 48;
    if (length > Number.MAX_SAFE_INTEGER / 16) return -1;
  }
  return length;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
