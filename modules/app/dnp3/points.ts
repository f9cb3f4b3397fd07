/**
 * Points of objects (IEEE 1815 4.2.2.7). They are skipped while a message is parsed, and read on demand: a message of 2
 * KB may have 16384, which take a thousand times as much memory.
 */
import {
  type BitReader,
  type Field,
  fieldsOf,
  type PointFields,
  packedBits,
  readFields,
} from './object-fields.js';
import { textFieldsOf } from './text-fields.js';

/** Determines the format of the points of an object. */
export interface ObjectHead {
  readonly group: number;
  readonly variation: number;
  readonly qualifier: number;
  readonly start: number;
  readonly count: number;
}

export interface Point {
  readonly prefix: number;
  readonly index: number;
  /** Its size in bytes, if given. */
  readonly size?: number;
  readonly fields: PointFields;
}

/** The contents of each point of an object, after its prefix. */
type Form =
  | { readonly kind: 'size' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'bits'; readonly name: string; readonly bits: number }
  | { readonly kind: 'fields'; readonly fields: readonly Field[] }
  | { readonly kind: 'text' };

/** Function codes whose objects only select points: they have no values. */
const WITHOUT_VALUES = new Set([1, 7, 8, 9, 10, 11, 12, 20, 21, 22]);

/** By prefix code: bytes before each point. */
const PREFIX_LENGTHS = [0, 1, 2, 4, 1, 2, 4, 0] as const;
const SIZE_PREFIXES = [4, 5, 6];

const prefixCodeOf = ({ qualifier }: ObjectHead): number => (qualifier >> 4) & 7;
const prefixLengthOf = (object: ObjectHead): number => PREFIX_LENGTHS[prefixCodeOf(object)]!;

/** Format of the points of an object: `none` if it has none, undefined if unknown. */
export function formOf(object: ObjectHead, functionCode: number): Form | 'none' | undefined {
  const { group, variation } = object;
  const prefixCode = prefixCodeOf(object);
  if (SIZE_PREFIXES.includes(prefixCode)) return { kind: 'size' };
  const fields = fieldsOf(group, variation);
  if (variation === 0 || WITHOUT_VALUES.has(functionCode) || fields?.length === 0)
    return prefixCode === 0 ? 'none' : { kind: 'nothing' };
  const packed = packedBits(group, variation);
  if (packed) return { kind: 'bits', ...packed };
  if (fields) return { kind: 'fields', fields };
  // The length of octet strings is their variation.
  return group >= 110 && group <= 113 ? { kind: 'text' } : undefined;
}

/** Skips all points of an object; sets `reader.broken` if they are incomplete. */
export function passPoints(reader: BitReader, object: ObjectHead, form: Form): void {
  const prefix = prefixLengthOf(object);
  if (form.kind === 'size') {
    for (let i = 0; i < object.count && !reader.broken; i++) reader.take(reader.number(8 * prefix));
  } else if (form.kind === 'bits' && prefix === 0) {
    reader.take(Math.ceil((object.count * form.bits) / 8));
  } else {
    reader.take(object.count * (prefix + lengthOf(object, form)));
  }
}

/** Bytes of a point after its prefix. */
function lengthOf({ variation }: ObjectHead, form: Exclude<Form, { kind: 'size' }>): number {
  if (form.kind === 'nothing') return 0;
  if (form.kind === 'text') return variation;
  return form.kind === 'bits' ? 1 : form.fields.reduce((sum, { bits }) => sum + bits, 0) / 8;
}

/** Reads the points of an object; missing bytes of the last one are read as zero. */
export function readPoints(reader: BitReader, object: ObjectHead, form: Form): Point[] {
  const points: Point[] = [];
  const prefixLength = prefixLengthOf(object);
  const isIndexed = prefixLength > 0 && form.kind !== 'size';
  for (let i = 0; i < object.count && !reader.broken; i++) {
    const prefix = reader.number(8 * prefixLength);
    if (reader.broken) break;
    const index = isIndexed ? prefix : object.start + i;
    points.push({ prefix, index, ...readPoint(reader, object, form, prefix) });
  }
  return points;
}

function readPoint(
  reader: BitReader,
  { group, variation }: ObjectHead,
  form: Form,
  prefix: number,
): Pick<Point, 'size' | 'fields'> {
  switch (form.kind) {
    case 'size':
      return { size: prefix, fields: textFieldsOf(group, variation, reader.take(prefix)) };
    case 'nothing':
      return { fields: {} };
    case 'bits':
      return { fields: { [form.name]: reader.number(form.bits) } };
    case 'fields':
      return { fields: readFields(reader, form.fields) };
    case 'text':
      return { fields: textFieldsOf(group, variation, reader.take(variation)) };
  }
}
