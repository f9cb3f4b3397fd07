/** Members of records as before packets had other addresses, lengths or times. */
import type { EveRecord } from './scenario.js';

/** A copy with other addresses, in all members of the record. */
export function withAddresses(record: EveRecord, original: (address: string) => string): EveRecord {
  return mapStrings(record, (name, value) => (/(^|_)ip$/.test(name) ? original(value) : value));
}

/** A copy with other times. */
export function withTimes(record: EveRecord, original: (microseconds: number) => number): EveRecord {
  return mapStrings(record, (_name, value) => {
    const [, date, fraction] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})\+0000$/.exec(value) ?? [];
    if (date === undefined) return value;
    const time = original(Date.parse(`${date}Z`) * 1000 + Number(fraction));
    return `${new Date(Math.floor(time / 1000)).toISOString().slice(0, 19)}.${String(time % 1e6).padStart(6, '0')}+0000`;
  });
}

function mapStrings(value: any, change: (name: string, text: string) => string, name = ''): any {
  if (typeof value === 'string') return change(name, value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(each => mapStrings(each, change, name));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, mapStrings(member, change, key)]),
  );
}

/** A copy with other ports, of the record and of its flow. @param original from a port and that of the other side */
export function withPorts(record: EveRecord, original: (port: number, other: number) => number): EveRecord {
  const copy = { ...record };
  if (copy['flow']?.src_port !== undefined) copy['flow'] = withPorts(copy['flow'], original);
  const { src_port: from, dest_port: to } = copy;
  return from === undefined ? copy : { ...copy, src_port: original(from, to), dest_port: original(to, from) };
}

/** A copy of flows whose packets are this many bytes shorter each. */
export function withoutBytes(record: EveRecord, bytes: number): EveRecord {
  const { flow, netflow } = record;
  return {
    ...record,
    ...(flow?.pkts_toserver !== undefined && {
      flow: {
        ...flow,
        bytes_toserver: flow.bytes_toserver - bytes * flow.pkts_toserver,
        bytes_toclient: flow.bytes_toclient - bytes * flow.pkts_toclient,
      },
    }),
    ...(netflow && { netflow: { ...netflow, bytes: netflow.bytes - bytes * netflow.pkts } }),
  };
}
