/** Messages of the application layer: a header and objects (IEEE 1815 4). */
import { uint16 } from '../../../engine/network-order.js';
import {
  BitReader,
  fieldsOf,
  type PointFields,
  packedBits,
  readFields,
  textFieldsOf,
} from './object-fields.js';
import type { Dnp3Settings } from './settings.js';

/** Function codes from which on a message is a response, which has internal indications. */
const RESPONSES = [129, 130];
/** Function codes whose objects say only what is meant: they have no values. */
const WITHOUT_VALUES = new Set([1, 7, 8, 9, 10, 11, 12, 20, 21, 22]);

/** Of the prefix code: what stands before each point. */
const PREFIX_LENGTHS = [0, 1, 2, 4, 1, 2, 4, 0] as const;
const FIRST_SIZE_PREFIX = 4;
const SIZE_PREFIXES = [4, 5, 6];

export type Trouble = 'unknown_object' | 'max_points_per_object' | 'too_many_objects' | 'malformed';

export interface Point {
  readonly prefix: number;
  readonly index: number;
  /** Bytes it has, where it says so. */
  readonly size?: number;
  readonly fields: PointFields;
}

export interface ApplicationObject {
  readonly group: number;
  readonly variation: number;
  readonly qualifier: number;
  readonly start: number;
  readonly stop: number;
  readonly count: number;
  readonly points: readonly Point[];
}

export interface ApplicationMessage {
  /** The whole of it, without checksums. */
  readonly bytes: Uint8Array;
  readonly control: number;
  readonly functionCode: number;
  /** Internal indications of a response: the first byte is the high one. */
  readonly indications: number | undefined;
  readonly objects: readonly ApplicationObject[];
  /** Why objects are missing. */
  readonly trouble: Trouble | undefined;
}

/** @param bytes kept  @returns undefined where it is too short */
export function parseApplication(bytes: Uint8Array, settings: Dnp3Settings): ApplicationMessage | undefined {
  if (bytes.length < 2) return undefined;
  const functionCode = bytes[1]!;
  const isResponse = RESPONSES.includes(functionCode);
  if (isResponse && bytes.length < 4) return undefined;
  const objects: ApplicationObject[] = [];
  const reader = new BitReader(bytes, isResponse ? 4 : 2);
  const trouble = readObjects(reader, objects, functionCode, settings);
  const indications = isResponse ? uint16(bytes, 2) : undefined;
  return { bytes, control: bytes[0]!, functionCode, indications, objects, trouble };
}

function readObjects(
  reader: BitReader,
  objects: ApplicationObject[],
  functionCode: number,
  { mostObjects, mostPoints }: Dnp3Settings,
): Trouble | undefined {
  for (let left = mostPoints; reader.left > 0; ) {
    if (objects.length >= mostObjects) return 'too_many_objects';
    const head = readHead(reader);
    if (!head) return 'malformed';
    const points: Point[] = [];
    const object = { ...head, points };
    objects.push(object);
    // Together as many as one may have: a point may be a single bit.
    if (head.count > left) return 'max_points_per_object';
    const trouble = readPoints(reader, object, points, WITHOUT_VALUES.has(functionCode));
    if (trouble) return trouble;
    left -= points.length;
  }
  return undefined;
}

function readHead(reader: BitReader): Omit<ApplicationObject, 'points'> | undefined {
  const group = reader.number(8);
  const variation = reader.number(8);
  const qualifier = reader.number(8);
  const range = readRange(reader, qualifier & 0x0f);
  return range && !reader.broken ? { group, variation, qualifier, ...range } : undefined;
}

/** Which points are meant (IEEE 1815 4.2.2.7.3). */
function readRange(
  reader: BitReader,
  code: number,
): { start: number; stop: number; count: number } | undefined {
  if (code <= 5) {
    const bits = [8, 16, 32][code % 3]!;
    const start = reader.number(bits);
    const stop = reader.number(bits);
    return stop >= start ? { start, stop, count: stop - start + 1 } : undefined;
  }
  if (code === 6) return { start: 0, stop: 0, count: 0 };
  if (code > 9 && code !== 11) return undefined;
  return { start: 0, stop: 0, count: reader.number(code === 11 ? 8 : [8, 16, 32][code - 7]!) };
}

function readPoints(
  reader: BitReader,
  object: ApplicationObject,
  points: Point[],
  withoutValues: boolean,
): Trouble | undefined {
  const { group, variation, qualifier, start, count } = object;
  const prefixCode = (qualifier >> 4) & 7;
  const isSized = SIZE_PREFIXES.includes(prefixCode);
  const fields = fieldsOf(group, variation);
  const packed = packedBits(group, variation);
  const nothing = variation === 0 || (withoutValues && !isSized) || fields?.length === 0;
  if (!(nothing || fields || packed || isText(group, variation, isSized)))
    return count > 0 ? 'unknown_object' : undefined;
  if (nothing && prefixCode === 0) return undefined;
  for (let i = 0; i < count; i++) {
    const prefix = reader.number(8 * PREFIX_LENGTHS[prefixCode]!);
    const index = prefixCode > 0 && prefixCode < FIRST_SIZE_PREFIX ? prefix : start + i;
    if (reader.broken) return 'malformed';
    if (isSized) {
      points.push({
        prefix,
        index,
        size: prefix,
        fields: textFieldsOf(group, variation, reader.take(prefix)),
      });
    } else if (nothing) points.push({ prefix, index, fields: {} });
    else if (packed) points.push({ prefix, index, fields: { [packed.name]: reader.number(packed.bits) } });
    else if (fields) points.push({ prefix, index, fields: readFields(reader, fields) });
    else points.push({ prefix, index, fields: textFieldsOf(group, variation, reader.take(variation)) });
    if (reader.broken) return 'malformed';
  }
  reader.align();
  return undefined;
}

/** Octet strings are as long as their variation says. */
function isText(group: number, _variation: number, isSized: boolean): boolean {
  return isSized || (group >= 110 && group <= 113);
}
