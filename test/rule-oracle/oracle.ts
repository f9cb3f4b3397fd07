/**
 * Evaluates conditions on a buffer by exhaustive search: slow, and short enough to be verified by reading. Every
 * condition yields all ways in which it can hold; after each, all following conditions are tried.
 */
import type { Base64, ByteJump, ByteTest, Condition, Content, IsDataAt, Pcre } from './conditions.js';
import {
  calculated,
  distanceOf,
  low64,
  maskedValue,
  readNumber,
  unsignedOf,
  upToMultiple,
  type Variables,
} from './numbers-oracle.js';

/** State passed from one condition to the next. */
interface State {
  /** End of the last match. */
  readonly cursor: number;
  readonly variables: Variables;
}

/** `never`: a content that is not relative is nowhere in the buffer, so no other way of earlier conditions can help. */
type Outcome = 'yes' | 'no' | 'never';

/** @param buffer bytes as latin1 text */
export function holds(conditions: readonly Condition[], buffer: string): boolean {
  const needed = conditions.every(each => each.kind !== 'content' || onlyPattern(each, buffer));
  const placed = conditions.filter(each => each.kind !== 'content' || each.fastPattern !== 'only');
  return needed && from(placed, buffer, { cursor: 0, variables: new Map() }) === 'yes';
}

/** `fast_pattern:only` requires the content anywhere. */
function onlyPattern(each: Content, buffer: string): boolean {
  return each.fastPattern !== 'only' || placesOf(each, buffer, 0, buffer.length).length > 0;
}

function from([first, ...others]: readonly Condition[], buffer: string, state: State): Outcome {
  if (!first) return 'yes';
  const referredTo = isReferredTo(others);
  for (const next of ways(first, buffer, state)) {
    const outcome = from(others, buffer, next);
    if (outcome !== 'no' || !referredTo) return outcome;
  }
  return first.kind === 'content' && !first.negated && !isRelative(first) ? 'never' : 'no';
}

/** Whether a later condition depends on the end of the last match. */
export function isReferredTo([next, ...others]: readonly Condition[]): boolean {
  if (!next) return false;
  return isRelative(next) || (!moves(next) && isReferredTo(others));
}

function isRelative(each: Condition): boolean {
  if (each.kind === 'content') return each.distance !== undefined || each.within !== undefined;
  return each.kind !== 'bsize' && each.relative;
}

function moves(each: Condition): boolean {
  if (each.kind === 'content' || each.kind === 'pcre') return !each.negated;
  return each.kind === 'byte_jump' || each.kind === 'byte_extract' || each.kind === 'byte_math';
}

/** The states after each way in which the condition holds. */
function* ways(each: Condition, buffer: string, state: State): Generator<State> {
  switch (each.kind) {
    case 'content': {
      const [start, end] = windowOf(each, buffer, state);
      const places = placesOf(each, buffer, start, end);
      if (!each.negated) for (const place of places) yield { ...state, cursor: place + each.bytes.length };
      else if (places.length === 0) yield state;
      return;
    }
    case 'pcre': {
      const ends = matchEnds(each, buffer, each.relative ? state.cursor : 0);
      if (!each.negated) for (const cursor of ends) yield { ...state, cursor };
      else if (ends.length === 0) yield state;
      return;
    }
    case 'isdataat':
      if (dataIsThere(each, buffer, state) !== each.negated) yield state;
      return;
    case 'base64':
      if (decodedHolds(each, buffer, state)) yield state;
      return;
    case 'bsize':
      if (compare(each.operator === '' ? '=' : each.operator, BigInt(buffer.length), BigInt(each.size)))
        yield state;
      return;
    default:
      yield* numberWays(each, buffer, state);
  }
}

function* numberWays(
  each: Exclude<Condition, { kind: 'content' | 'pcre' | 'isdataat' | 'bsize' | 'base64' }>,
  buffer: string,
  { cursor, variables }: State,
): Generator<State> {
  const reading = each.kind === 'byte_math' ? { ...each, bitmask: undefined } : each;
  const read = readNumber(reading, buffer, cursor, variables);
  if (!read) return;
  if (each.kind === 'byte_test') {
    const fits = compare(each.operator, read.value, unsignedOf(each.value, variables));
    if (fits !== each.negated) yield { cursor, variables };
  } else if (each.kind === 'byte_jump') {
    const target = targetOf(each, buffer, read.value, read.end);
    if (target >= 0 && target < buffer.length) yield { cursor: target, variables };
  } else if (each.kind === 'byte_extract') {
    const value = upToMultiple(low64(read.value * BigInt(each.multiplier)), each.align || 1);
    yield { cursor: read.end, variables: new Map(variables).set(each.name, value) };
  } else {
    const result = calculated(each.operator, read.value, unsignedOf(each.value, variables));
    if (result === undefined) return;
    const value = each.bitmask === undefined ? result : maskedValue(result, each.bitmask);
    yield { cursor: read.end, variables: new Map(variables).set(each.name, value) };
  }
}

function compare(operator: ByteTest['operator'] | '!', found: bigint, value: bigint): boolean {
  switch (operator) {
    case '<':
      return found < value;
    case '<=':
      return found <= value;
    case '>':
      return found > value;
    case '>=':
      return found >= value;
    case '=':
      return found === value;
    case '&':
      return (found & value) !== 0n;
    case '^':
    case '!':
      return found !== value;
  }
}

function targetOf(
  { multiplier, align, from, postOffset }: ByteJump,
  buffer: string,
  value: bigint,
  end: number,
) {
  const product = low64(value * BigInt(multiplier));
  const jump = Number(BigInt.asIntN(64, align ? upToMultiple(product, 4) : product));
  const base = from === 'from_beginning' ? 0 : from === 'from_end' ? buffer.length : end;
  const target = base + jump + postOffset;
  // A negative post_offset beyond the beginning ends at the beginning.
  return postOffset < 0 ? Math.max(0, target) : target;
}

/** Range in which a content may be: `[start, end)`. */
function windowOf(each: Content, buffer: string, { cursor, variables }: State): [number, number] {
  if (isRelative(each)) {
    const start = cursor + distanceOf(each.distance ?? 0, variables);
    const end = each.within === undefined ? buffer.length : start + distanceOf(each.within, variables);
    return [start, end];
  }
  if (each.startswith) return [0, each.bytes.length];
  const start = Number(unsignedOf(each.offset ?? 0, variables));
  if (each.depth === undefined) return [start, buffer.length];
  // A depth in a rule is at least the length of the content.
  const depth = typeof each.depth === 'number' ? Math.max(each.depth, each.bytes.length) : each.depth;
  return [start, start + Number(unsignedOf(depth, variables))];
}

function placesOf(each: Content, buffer: string, start: number, end: number): number[] {
  const folded = (text: string) => (each.nocase ? text.replace(/[A-Z]/g, c => c.toLowerCase()) : text);
  const same = (text: string) => folded(text) === folded(each.bytes);
  const places: number[] = [];
  for (let place = 0; place + each.bytes.length <= buffer.length; place++) {
    const behind = place + each.bytes.length;
    if (place < start || behind > end || (each.endswith && behind !== buffer.length)) continue;
    if (same(buffer.slice(place, behind))) places.push(place);
  }
  return places;
}

/** Ends of all matches of an expression; a relative one does not see bytes before the cursor. */
function matchEnds({ pattern, flags }: Pcre, buffer: string, start: number): number[] {
  const text = buffer.slice(start);
  const expression = new RegExp(pattern, `g${flags}`);
  const ends: number[] = [];
  for (let at = 0; at <= text.length; at++) {
    expression.lastIndex = at;
    const match = expression.exec(text);
    if (!match) break;
    ends.push(start + match.index + match[0].length);
    at = match.index;
  }
  return ends;
}

/** Behind a match, 1 is the first byte; from the start, 0 is. */
function dataIsThere({ place, relative }: IsDataAt, buffer: string, { cursor, variables }: State): boolean {
  const wanted = Number(unsignedOf(place, variables));
  return relative ? cursor + wanted <= buffer.length : wanted < buffer.length;
}

/** Decodes base64 from this offset on; without any, there is no data. */
function decodedHolds(
  { bytes, offset, relative, data }: Base64,
  buffer: string,
  { cursor, variables }: State,
) {
  const encoded = buffer.slice((relative ? cursor : 0) + offset).slice(0, bytes || undefined);
  const decoded = Buffer.from(/^[A-Za-z0-9+/]*/.exec(encoded)![0], 'base64').toString('latin1');
  return decoded !== '' && from(data, decoded, { cursor: 0, variables }) === 'yes';
}
