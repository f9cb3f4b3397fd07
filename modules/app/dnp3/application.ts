/** Messages of the application layer: a header and objects (IEEE 1815 4). */
import { uint16 } from '../../../engine/packet/network-order.js';
import { BitReader } from './object-fields.js';
import { formOf, type ObjectHead, type Point, passPoints, readPoints } from './points.js';
import type { Dnp3Settings } from './settings.js';

/** Function codes of responses, which have internal indications. */
const RESPONSES = [129, 130];

export type ParseProblem = 'unknown_object' | 'max_points_per_object' | 'too_many_objects' | 'malformed';

export interface ApplicationObject extends ObjectHead {
  readonly stop: number;
  /** Offset of its points in the message; undefined if they were not read. */
  points: number | undefined;
}

export interface ApplicationMessage {
  /** The whole message, without checksums. */
  readonly bytes: Uint8Array;
  readonly control: number;
  readonly functionCode: number;
  /** Internal indications of a response, big-endian. */
  readonly indications: number | undefined;
  readonly objects: readonly ApplicationObject[];
  /** Reason why objects are missing. */
  readonly problem: ParseProblem | undefined;
}

/** @param bytes kept  @returns undefined if too short */
export function parseApplication(bytes: Uint8Array, settings: Dnp3Settings): ApplicationMessage | undefined {
  if (bytes.length < 2) return undefined;
  const functionCode = bytes[1]!;
  const isResponse = RESPONSES.includes(functionCode);
  if (isResponse && bytes.length < 4) return undefined;
  const objects: ApplicationObject[] = [];
  const reader = new BitReader(bytes, isResponse ? 4 : 2);
  const problem = readObjects(reader, objects, functionCode, settings);
  const indications = isResponse ? uint16(bytes, 2) : undefined;
  return { bytes, control: bytes[0]!, functionCode, indications, objects, problem };
}

function readObjects(
  reader: BitReader,
  objects: ApplicationObject[],
  functionCode: number,
  { maxObjects, maxPoints }: Dnp3Settings,
): ParseProblem | undefined {
  for (let left = maxPoints; reader.left > 0; ) {
    if (objects.length >= maxObjects) return 'too_many_objects';
    const object = readHead(reader);
    if (!object) return 'malformed';
    objects.push(object);
    // All objects together may have as many points as one: a point may be a single bit.
    if (object.count > left) return 'max_points_per_object';
    const form = formOf(object, functionCode);
    if (form === 'none') continue;
    if (form) {
      object.points = reader.position;
      passPoints(reader, object, form);
      left -= object.count;
    } else if (object.count > 0) return 'unknown_object';
    if (reader.broken) return 'malformed';
  }
  return undefined;
}

/** The points of an object in a message. */
export function pointsOf(
  { bytes, functionCode }: ApplicationMessage,
  object: ApplicationObject,
): readonly Point[] {
  const form = object.points === undefined ? undefined : formOf(object, functionCode);
  if (!form || form === 'none') return [];
  return readPoints(new BitReader(bytes, object.points!), object, form);
}

function readHead(reader: BitReader): ApplicationObject | undefined {
  const group = reader.number(8);
  const variation = reader.number(8);
  const qualifier = reader.number(8);
  const range = readRange(reader, qualifier & 0x0f);
  if (!range || reader.broken) return undefined;
  return { group, variation, qualifier, ...range, points: undefined };
}

/** The range of points (IEEE 1815 4.2.2.7.3). */
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
