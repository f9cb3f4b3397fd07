/** EVE records of DNS messages: version 3 with one per message, and version 2 with one per question or response. */
import { type Message, opcodeOf, rcodeOf } from './message.js';
import { codeName } from './record-type.js';
import { flagMembers, groupedJson, type Json, questionJson, resourceJson } from './resource-json.js';

/** How answers are logged: individually, grouped by type, or both. */
export interface DnsFormats {
  readonly detailed: boolean;
  readonly grouped: boolean;
}

/** @param transaction number of the transaction */
export function dnsRecord(message: Message, transaction: number, formats: DnsFormats): Json {
  const { questions, additionals } = message;
  const record: Json = {
    version: 3,
    type: message.response ? 'response' : 'request',
    tx_id: transaction,
    id: message.id,
    ...flagMembers(message),
    opcode: opcodeOf(message.flags),
    rcode: codeName(rcodeOf(message.flags)),
  };
  if (questions.length > 0) record['queries'] = questions.map(questionJson);
  addAnswers(record, message, formats);
  if (additionals.length > 0) record['additionals'] = resourceJson(additionals);
  return record;
}

/** Records of version 2. */
export function dnsRecordsV2(message: Message, transaction: number, formats: DnsFormats): Json[] {
  return message.response ? [answerRecordV2(message, formats)] : queryRecordsV2(message, transaction);
}

function queryRecordsV2({ questions, id, flags }: Message, transaction: number): Json[] {
  return questions.map(question => ({
    type: 'query',
    id,
    ...questionJson(question),
    tx_id: transaction,
    ...((flags & 0x40) !== 0 && { z: true }),
    opcode: opcodeOf(flags),
  }));
}

function answerRecordV2(message: Message, formats: DnsFormats): Json {
  const [question] = message.questions;
  const record: Json = {
    version: 2,
    type: 'answer',
    id: message.id,
    ...flagMembers(message),
    opcode: opcodeOf(message.flags),
    ...(question && questionJson(question)),
    rcode: codeName(rcodeOf(message.flags)),
  };
  addAnswers(record, message, formats);
  return record;
}

function addAnswers(record: Json, { response, answers, authorities }: Message, formats: DnsFormats): void {
  if (response && formats.detailed && answers.length > 0) record['answers'] = resourceJson(answers);
  if (response && formats.grouped && answers.length > 0) record['grouped'] = groupedJson(answers);
  if (authorities.length > 0) record['authorities'] = resourceJson(authorities);
}
