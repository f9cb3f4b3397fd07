/** The EVE record of a message. */
import { latin1Text } from '../../../engine/record/bytes-text.js';
import { type ApplicationMessage, type ApplicationObject, pointsOf } from './application.js';
import { indicationNames } from './indications.js';
import type { LinkHeader } from './link.js';
import type { Point } from './points.js';
import type { Dnp3Transaction } from './transaction.js';

/** @param forAlert as in alerts: below `request` or `response` */
export function dnp3Record({ link, message, toServer }: Dnp3Transaction, forAlert: boolean): string {
  if (!link || !message) return '';
  const type = toServer ? 'request' : 'response';
  const members = {
    type,
    control: linkControl(link),
    src: link.source,
    dst: link.destination,
    application: applicationJson(message),
    ...(message.indications !== undefined && { iin: { indicators: indicationNames(message.indications) } }),
  };
  return `"dnp3":${JSON.stringify(forAlert ? { [type]: members } : members)}`;
}

function linkControl({ control }: LinkHeader): object {
  return {
    dir: (control & 0x80) !== 0,
    pri: (control & 0x40) !== 0,
    fcb: (control & 0x20) !== 0,
    fcv: (control & 0x10) !== 0,
    function_code: control & 0x0f,
  };
}

function applicationJson(message: ApplicationMessage): object {
  const { control, functionCode, objects, problem } = message;
  return {
    control: {
      con: (control & 0x20) !== 0,
      fir: (control & 0x80) !== 0,
      fin: (control & 0x40) !== 0,
      uns: (control & 0x10) !== 0,
      sequence: control & 0x0f,
    },
    function_code: functionCode,
    objects: objects.map(object => objectJson(object, pointsOf(message, object))),
    complete: problem === undefined,
  };
}

function objectJson(
  { group, variation, qualifier, start, stop, count }: ApplicationObject,
  points: readonly Point[],
): object {
  return {
    group,
    variation,
    qualifier,
    prefix_code: (qualifier >> 4) & 7,
    range_code: qualifier & 0x0f,
    start,
    stop,
    count,
    ...(points.length > 0 && { points: points.map(pointJson) }),
  };
}

function pointJson({ prefix, index, size, fields }: Point): object {
  const values = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? latin1Text(value) : value,
  ]);
  return { prefix, index, ...(size !== undefined && { size }), ...Object.fromEntries(values) };
}
