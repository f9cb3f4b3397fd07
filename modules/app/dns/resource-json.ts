/** Questions and resource records as members of EVE records. */

import { bytesText } from '../../../engine/record/bytes-text.js';
import type { Message, Question, ResourceRecord } from './message.js';
import type { RecordData } from './record-data.js';
import { typeName } from './record-type.js';
import { hexOf } from './text.js';

export type Json = Record<string, unknown>;

type Structure = Extract<RecordData, { kind: 'soa' | 'srv' | 'sshfp' | 'opt' }>;

const FLAG_BITS = [
  ['qr', 0x8000],
  ['aa', 0x0400],
  ['tc', 0x0200],
  ['rd', 0x0100],
  ['ra', 0x0080],
  ['z', 0x0040],
] as const;

/** `flags`, and a member for each flag that is set. */
export function flagMembers({ flags }: Message): Json {
  const members: Json = { flags: flags.toString(16) };
  for (const [name, bit] of FLAG_BITS) if ((flags & bit) !== 0) members[name] = true;
  return members;
}

export const questionJson = ({ name, type }: Question): Json => ({
  rrname: bytesText(name),
  rrtype: typeName(type),
});

/** A TXT record yields an entry for each of its texts. */
export function resourceJson(records: readonly ResourceRecord[]): Json[] {
  const list: Json[] = [];
  for (const { name, type, ttl, data } of records) {
    const rrname = bytesText(name);
    const rrtype = typeName(type);
    const texts = textsOf(data);
    // Written out: objects built from others by spreading are many times slower.
    if (texts) for (const rdata of texts) list.push({ rrname, rrtype, ttl, rdata });
    else if (data.kind === 'none') list.push({ rrname, rrtype, ttl });
    else list.push({ rrname, rrtype, ttl, [data.kind]: structureJson(data as Structure) });
  }
  return list;
}

/** Values by type: `{"A":["10.0.0.1"]}`. */
export function groupedJson(records: readonly ResourceRecord[]): Json {
  const grouped: Record<string, unknown[]> = {};
  for (const { type, data } of records) {
    if (data.kind === 'none') continue;
    const values = textsOf(data) ?? [structureJson(data as Structure)];
    if (values.length === 0) continue;
    const name = typeName(type);
    grouped[name] ??= [];
    for (const value of values) grouped[name].push(value);
  }
  return grouped;
}

/** Undefined for data that is not only texts. */
function textsOf(data: RecordData): string[] | undefined {
  switch (data.kind) {
    case 'address':
      return [data.text];
    case 'name':
      return [bytesText(data.name)];
    case 'bytes':
      return [bytesText(data.bytes)];
    case 'txt':
      return data.texts.map(bytesText);
    default:
      return undefined;
  }
}

/** Data that consists of more than one text. */
export function structureJson(data: Structure): unknown {
  switch (data.kind) {
    case 'soa': {
      const [serial, refresh, retry, expire, minimum] = data.numbers;
      const names = { mname: bytesText(data.primary), rname: bytesText(data.mailbox) };
      return { ...names, serial, refresh, retry, expire, minimum };
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
