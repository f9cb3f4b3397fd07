/** The EVE record of an mDNS message: types in lower case, data under the name of its type. */

import { bytesText } from '../../../engine/record/bytes-text.js';
import { type Message, opcodeOf, type Question, type ResourceRecord, rcodeOf } from './message.js';
import type { RecordData } from './record-data.js';
import { codeName, typeName } from './record-type.js';
import { type Json, structureJson } from './resource-json.js';

export function mdnsRecord(message: Message): Json {
  const { id, flags, questions } = message;
  const record: Json = { type: message.response ? 'response' : 'request' };
  // Both are zero as a rule (RFC 6762 18.1, 18.3, 18.11).
  if (id !== 0) record['id'] = id;
  if (opcodeOf(flags) !== 0) record['opcode'] = opcodeOf(flags);
  if (rcodeOf(flags) !== 0) record['rcode'] = codeName(rcodeOf(flags));
  if (questions.length > 0) record['queries'] = questions.map(questionOf);
  for (const section of ['answers', 'authorities', 'additionals'] as const)
    if (message[section].length > 0) record[section] = message[section].map(resourceOf);
  return record;
}

const lowerName = (type: number): string => typeName(type).toLowerCase();

const questionOf = ({ name, type }: Question): Json => ({ rrname: bytesText(name), rrtype: lowerName(type) });

function resourceOf(record: ResourceRecord): Json {
  const value = shownValue(record.data);
  return {
    ...questionOf(record),
    ttl: record.ttl,
    ...(value !== undefined && { [lowerName(record.type)]: value }),
  };
}

function shownValue(data: RecordData): unknown {
  switch (data.kind) {
    case 'address':
      return data.text;
    case 'name':
      return bytesText(data.name);
    case 'bytes':
      return bytesText(data.bytes);
    case 'txt':
      return data.texts.map(bytesText);
    case 'none':
      return undefined;
    default:
      return structureJson(data);
  }
}
