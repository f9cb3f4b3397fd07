/** Records whose members are created by a protocol: transactions, files, frames and others. */

import type { ForwardedFor } from '../../engine/record/forwarded-for.js';
import type { Subject } from '../../engine/record/subject.js';
import { forwardedFor, XFF, XFF_MEMBER } from './forwarded-for.js';
import type { HeaderKind } from './header.js';
import type { DnsSettings } from './instance.js';
import { writePacket } from './payload.js';
import type { Writer } from './writer.js';

const encoder = new TextEncoder();
const FILE_INFO: HeaderKind = { type: encoder.encode('fileinfo'), direction: 'event', packet: true };
const FRAME: HeaderKind = { type: encoder.encode('frame'), direction: 'packet', packet: true };
const OTHER: HeaderKind = { type: undefined, direction: 'packet', packet: true };

export const DNS_RESPONSE: HeaderKind = { type: encoder.encode('dns'), direction: 'reverse', packet: true };
const DNS = encoder.encode('dns');
const TYPE = encoder.encode('type');
const TAGGED_PACKET = 'packet';

/** Names under `types` by which record types are enabled, if these differ. */
const TYPE_NAMES: Readonly<Record<string, readonly string[]>> = {
  http: ['http', 'http2'],
  ftp_data: ['ftp'],
  bittorrent_dht: ['bittorrent-dht'],
  dns: ['dns', 'doh2'],
  packet: ['alert'],
  stream_tcp: ['stream'],
};

/** Protocols whose records have the direction of the packet that completed the transaction; others go to the server. */
const WITH_PACKET_DIRECTION = new Set([
  ...[
    'bittorrent_dht',
    'ike',
    'krb5',
    'mdns',
    'nfs',
    'quic',
    'rdp',
    'rfb',
    'sip',
    'snmp',
    'tftp',
    'websocket',
  ],
]);

/** Record kinds by event type, created once. */
export class TransactionKinds {
  private readonly kinds = new Map<string, HeaderKind>();

  of(type: string): HeaderKind {
    let kind = this.kinds.get(type);
    if (!kind) {
      const direction = WITH_PACKET_DIRECTION.has(type) ? 'event' : 'flow';
      kind = { type: encoder.encode(type), direction, packet: true };
      this.kinds.set(type, kind);
    }
    return kind;
  }
}

/** Whether an entry with these types logs records of this event type. */
export function isTypeLogged(types: ReadonlySet<string>, eventType: string): boolean {
  return (TYPE_NAMES[eventType] ?? [eventType]).some(name => types.has(name));
}

/** The name of the payload's first member is the event type: `"http":{…}`. Empty when there is none. */
export function transactionType(writer: Writer, subject: Subject): string {
  const members = writer.ownMembers(subject);
  return members.next() ? members.name : '';
}

/** Whether the record is a separate DNS response, which goes from server to client. */
export function isDnsResponse(writer: Writer, subject: Subject): boolean {
  const members = writer.ownMembers(subject);
  const { bytes } = writer.thread.memory;
  if (!members.next() || !members.isNamed(DNS)) return false;
  // The iteration ends with the object; `type` is among its first members, so the rest is not scanned.
  members.ended(bytes, members.valueStart + 1, members.end);
  while (members.next()) {
    if (!members.isNamed(TYPE)) continue;
    return String.fromCharCode(...bytes.subarray(members.valueStart, members.valueEnd)) === '"response"';
  }
  return false;
}

/** The payload's first member is `"event_type":"…"`. Empty when it is not. */
export function otherType(writer: Writer, subject: Subject): string {
  const members = writer.ownMembers(subject);
  if (!members.next() || members.name !== 'event_type') return '';
  const value = writer.thread.memory.bytes.subarray(members.valueStart + 1, members.valueEnd - 1);
  return String.fromCharCode(...value);
}

export function writeTransaction(writer: Writer, subject: Subject, kind: HeaderKind): void {
  writer.header.write(writer.json, subject, kind);
  writer.copyMembers(subject);
  writer.json.close();
}

/** HTTP records, if any output logs the client named by a proxy. */
export function writeHttp(writer: Writer, subject: Subject, kind: HeaderKind): void {
  writeWithClient(writer, subject, kind, writer.instance.forwardedFor.http);
}

export function writeFileInfo(writer: Writer, subject: Subject): void {
  writeWithClient(writer, subject, FILE_INFO, writer.instance.forwardedFor.files);
}

/** Such records contain what all outputs want: each output logs its own part. */
function writeWithClient(
  writer: Writer,
  subject: Subject,
  kind: HeaderKind,
  wanted: ForwardedFor | undefined,
): void {
  const { json, header } = writer;
  const client = wanted && forwardedFor(writer, subject, wanted);
  header.client = wanted?.mode === 'overwrite' ? client : undefined;
  header.write(json, subject, kind);
  header.client = undefined;
  if (kind === FILE_INFO) writer.protocols.write(json, subject);
  const members = writer.ownMembers(subject);
  while (members.next())
    if (!members.isNamed(XFF_MEMBER) && writer.isMemberLogged(members)) writer.copyMember();
  if (client !== undefined && wanted?.mode === 'extra-data') json.text(XFF, client);
  json.close();
}

export function writeFrame(writer: Writer, subject: Subject): void {
  writer.header.write(writer.json, subject, FRAME);
  writer.protocols.write(writer.json, subject);
  writer.copyMembers(subject);
  writer.json.close();
}

/** Records of packets tagged by a rule include the packet's bytes. */
export function writeOther(writer: Writer, subject: Subject, type: string): void {
  writer.header.write(writer.json, subject, OTHER);
  writer.copyMembers(subject);
  if (type === TAGGED_PACKET) writePacket(writer.json, subject);
  writer.json.close();
}

/** Whether a DNS record is of the kinds an entry wants. */
export function isDnsLogged(settings: DnsSettings, subject: Subject): boolean {
  if (settings.requests && settings.responses && settings.types.length === 0) return true;
  const { dns } = JSON.parse(`{${subject.payloadText()}}`) as { dns?: DnsRecord };
  if (!dns) return true;
  const response = dns.type === 'response' || dns.type === 'answer';
  if (!(response ? settings.responses : settings.requests)) return false;
  if (settings.types.length === 0) return true;
  const names = dns.rrtype !== undefined ? [dns.rrtype] : (dns.queries ?? []).map(query => query.rrtype);
  return names.some(name => name !== undefined && settings.types.includes(name.toUpperCase()));
}

interface DnsRecord {
  readonly type?: string;
  readonly rrtype?: string;
  readonly queries?: readonly { readonly rrtype?: string }[];
}
