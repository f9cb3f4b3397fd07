/** The EVE record of a DNS message, version 3: questions, answers, and answers grouped by type. */

import { type Message, opcodeOf, type Question, RESPONSE, type ResourceRecord, rcodeOf } from './message.js';
import type { RecordData } from './record-data.js';
import { codeName, typeName } from './record-type.js';

type Json = Record<string, unknown>;

const FLAG_BITS = [
  ['qr', 0x8000],
  ['aa', 0x0400],
  ['tc', 0x0200],
  ['rd', 0x0100],
  ['ra', 0x0080],
  ['z', 0x0040],
] as const;

/** What of answers is shown: each by itself, grouped by type, or both. */
export interface DnsFormats {
  readonly detailed: boolean;
  readonly grouped: boolean;
}

export function dnsRecord(message: Message, transaction: number, { detailed, grouped }: DnsFormats): Json {
  const { flags, answers, authorities, additionals } = message;
  const response = (flags & RESPONSE) !== 0;
  const record: Json = {
    version: 3,
    type: response ? 'response' : 'request',
    tx_id: transaction,
    id: message.id,
    flags: flags.toString(16),
  };
  for (const [name, bit] of FLAG_BITS) if ((flags & bit) !== 0) record[name] = true;
  record.opcode = opcodeOf(flags);
  record.rcode = codeName(rcodeOf(flags));
  if (message.questions.length > 0) record.queries = message.questions.map(question);
  if (response && detailed && answers.length > 0) record.answers = answers.map(resource);
  if (response && grouped && answers.length > 0) record.grouped = groups(answers);
  if (authorities.length > 0) record.authorities = authorities.map(resource);
  if (additionals.length > 0) record.additionals = additionals.map(resource);
  return record;
}

const question = ({ name, type }: Question): Json => ({ rrname: bytesText(name), rrtype: typeName(type) });

function resource(entry: ResourceRecord): Json {
  return { ...question(entry), ttl: entry.ttl, ...members(entry.data) };
}

function members(data: RecordData): Json {
  switch (data.kind) {
    case 'address':
      return { rdata: data.text };
    case 'name':
      return { rdata: bytesText(data.name) };
    case 'bytes':
      return { rdata: bytesText(data.bytes) };
    case 'none':
      return {};
    default:
      return { [data.kind]: structure(data) };
  }
}

function structure(data: Extract<RecordData, { kind: 'soa' | 'srv' | 'sshfp' | 'opt' }>): unknown {
  switch (data.kind) {
    case 'soa': {
      const [serial, refresh, retry, expire, minimum] = data.numbers;
      return {
        mname: bytesText(data.primary),
        rname: bytesText(data.mailbox),
        serial,
        refresh,
        retry,
        expire,
        minimum,
      };
    }
    case 'srv':
      return { priority: data.priority, weight: data.weight, port: data.port, name: bytesText(data.target) };
    case 'sshfp':
      return {
        fingerprint: hexOf(data.fingerprint).replace(/..(?=.)/g, '$&:'),
        algo: data.algorithm,
        type: data.type,
      };
    case 'opt':
      return data.options.map(({ code, data }) => ({ code, data: hexOf(data) }));
  }
}

function groups(answers: readonly ResourceRecord[]): Json {
  const grouped: Record<string, unknown[]> = {};
  for (const { type, data } of answers) {
    const [value] = Object.values(members(data));
    if (value === undefined) continue;
    grouped[typeName(type)] ??= [];
    grouped[typeName(type)]!.push(value);
  }
  return grouped;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes as text: UTF-8 where they are, else bytes above 127 as `\xc5`. */
export function bytesText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    const latin1 = Buffer.from(bytes).toString('latin1');
    return latin1.replace(/[\x80-\xff]/g, letter => `\\x${letter.charCodeAt(0).toString(16)}`);
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
