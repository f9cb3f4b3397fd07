/** Kerberos messages between clients and KDCs (RFC 4120 5.4, 5.9.1): the parts that rules and records need. */
import { Elements, INTEGER, integerOf, readHead, SEQUENCE } from '../asn1/ber.js';

export const AS_REQ = 10;
export const AS_REP = 11;
export const TGS_REQ = 12;
export const TGS_REP = 13;
export const AP_REQ = 14;
export const AP_REP = 15;
export const KRB_ERROR = 30;

export interface KerberosMessage {
  readonly type: number;
  /** Components of the client's and the server's name. */
  readonly cname: readonly Uint8Array[];
  readonly sname: readonly Uint8Array[];
  readonly realm: Uint8Array | undefined;
  /** Encryption type of the KDC's part of a reply, and of the ticket in it. */
  readonly encryption: number | undefined;
  readonly ticketEncryption: number | undefined;
  readonly errorCode: number | undefined;
}

const NOTHING = {
  cname: [],
  sname: [],
  realm: undefined,
  encryption: undefined,
  ticketEncryption: undefined,
  errorCode: undefined,
};
/** Class and form of a message's tag. */
const APPLICATION = 0x60;
const TICKET = 0x61;
/** Maximum components kept per name. */
const MAX_PARTS = 64;
const FIELD = 0xa0;
const VERSION = 5;

/** Whether a message may begin like this; `more` if more bytes are needed to decide. */
export function isMessage(bytes: Uint8Array, start: number, end: number): boolean | 'more' {
  const head = readHead(bytes, start, end);
  if (head === 'more') return 'more';
  if (!head || (head.tag & 0xe0) !== APPLICATION || !KNOWN.has(head.tag & 0x1f)) return false;
  const sequence = readHead(bytes, start + head.head, end);
  if (sequence === 'more') return 'more';
  if (!sequence || sequence.tag !== SEQUENCE) return false;
  const at = start + head.head + sequence.head;
  if (end - at < 5) return 'more';
  const isVersion = bytes[at] === FIELD || bytes[at] === FIELD + 1;
  return isVersion && bytes[at + 2] === INTEGER && bytes[at + 4] === VERSION;
}

const KNOWN = new Set([AS_REQ, AS_REP, TGS_REQ, TGS_REP, AP_REQ, AP_REP, KRB_ERROR]);

/** @param bytes of the whole message; kept  @returns undefined if it is invalid */
export function parseMessage(bytes: Uint8Array): KerberosMessage | undefined {
  const message = new Elements(bytes).next();
  if (!message || (message.tag & 0xe0) !== APPLICATION) return undefined;
  const type = message.tag & 0x1f;
  const fields = Fields.of(message.content);
  if (!fields || !KNOWN.has(type)) return undefined;
  return { ...NOTHING, type, ...partsOf(type, fields) };
}

function partsOf(type: number, fields: Fields): Partial<KerberosMessage> {
  if (type === AS_REQ || type === TGS_REQ) return request(fields);
  if (type === AS_REP || type === TGS_REP) return reply(fields);
  return type === KRB_ERROR ? failure(fields) : {};
}

function request(fields: Fields): Partial<KerberosMessage> {
  const body = fields.inside(4);
  if (!body) return {};
  return { cname: body.name(1), realm: body.text(2), sname: body.name(3) };
}

function reply(fields: Fields): Partial<KerberosMessage> {
  const ticket = fields.inside(5, TICKET);
  return {
    realm: fields.text(3),
    cname: fields.name(4),
    sname: ticket?.name(2) ?? [],
    ticketEncryption: ticket?.inside(3)?.integer(0),
    encryption: fields.inside(6)?.integer(0),
  };
}

function failure(fields: Fields): Partial<KerberosMessage> {
  return {
    errorCode: fields.integer(6),
    realm: fields.text(7),
    cname: fields.name(8),
    sname: fields.name(10),
  };
}

/** Fields of a SEQUENCE by tag number. */
class Fields {
  private constructor(private readonly contents: ReadonlyMap<number, Uint8Array>) {}

  /** @param bytes of an element that contains fields */
  static of(bytes: Uint8Array): Fields | undefined {
    const sequence = new Elements(bytes).inside(SEQUENCE);
    if (!sequence) return undefined;
    const contents = new Map<number, Uint8Array>();
    for (const { tag, content } of sequence.rest(32)) contents.set(tag - FIELD, content);
    return new Fields(contents);
  }

  /** Nested fields of a field. @param tag of an element that encloses them */
  inside(number: number, tag?: number): Fields | undefined {
    const content = this.contents.get(number);
    const inner = content && tag !== undefined ? new Elements(content).take(tag) : content;
    return inner && Fields.of(inner);
  }

  integer(number: number): number | undefined {
    const content = this.contents.get(number);
    const value = content && new Elements(content).take(INTEGER);
    return value && integerOf(value);
  }

  text(number: number): Uint8Array | undefined {
    const content = this.contents.get(number);
    return content && new Elements(content).next()?.content;
  }

  /** Components of a PrincipalName. */
  name(number: number): readonly Uint8Array[] {
    const list = this.inside(number)?.contents.get(1);
    const parts = list && new Elements(list).inside(SEQUENCE);
    return [...(parts?.rest(MAX_PARTS) ?? [])].map(({ content }) => content);
  }
}
