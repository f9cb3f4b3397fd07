/** Messages and their PDUs (RFC 1157 4.1, RFC 3416 3, RFC 3412 6, RFC 3414 2.4). */
import { Elements, INTEGER, OCTET_STRING, SEQUENCE } from '../asn1/ber.js';
import { objectIdentifier } from '../asn1/object-identifier.js';

const OBJECT_IDENTIFIER = 0x06;
const IP_ADDRESS = 0x40;
/** Tag bits of PDUs: context-specific and constructed. */
const PDU_CLASS = 0xa0;
export const TRAP_V1 = 4;
const GET_BULK = 5;
const MAX_PDU_TYPE = 8;
/** The user-based security model (RFC 3414). */
const USER_BASED = 3;
const ENCRYPTED = 2;
/** Maximum variables kept per message. */
const MAX_VARIABLES = 1024;

export interface SnmpPdu {
  readonly type: number;
  readonly variables: readonly string[];
  /** Absent in bulk requests and in traps of version 1. */
  readonly errorStatus?: number;
  readonly trap?: { readonly type: number; readonly oid: string; readonly address: string | undefined };
}

export interface SnmpMessage {
  /** 1, 2 or 3. */
  readonly version: number;
  readonly community?: Uint8Array;
  readonly securityModel?: number;
  /** Name of the user, for the user-based security model. */
  readonly user?: Uint8Array;
  /** Undefined if it is encrypted. */
  readonly pdu: SnmpPdu | undefined;
}

/** @param bytes kept  @returns undefined if it cannot be parsed */
export function parseMessage(bytes: Uint8Array): SnmpMessage | undefined {
  const message = new Elements(bytes).inside(SEQUENCE);
  const version = message?.integer();
  if (!message || version === undefined) return undefined;
  if (version === 3) return parseVersion3(message);
  const community = message.take(OCTET_STRING);
  const pdu = parsePdu(message);
  return community && pdu && (version === 0 || version === 1)
    ? { version: version + 1, community, pdu }
    : undefined;
}

function parseVersion3(message: Elements): SnmpMessage | undefined {
  const header = message.inside(SEQUENCE);
  header?.integer();
  header?.integer();
  const flags = header?.take(OCTET_STRING);
  const securityModel = header?.integer();
  const parameters = message.take(OCTET_STRING);
  if (flags?.length !== 1 || securityModel === undefined || !parameters) return undefined;
  const user = securityModel === USER_BASED ? userOf(parameters) : undefined;
  const named = { version: 3, securityModel, ...(user && { user }) };
  if ((flags[0]! & ENCRYPTED) !== 0) return message.take(OCTET_STRING) && { ...named, pdu: undefined };
  const scoped = message.inside(SEQUENCE);
  const pdu = scoped?.take(OCTET_STRING) && scoped.take(OCTET_STRING) && parsePdu(scoped);
  return pdu && { ...named, pdu };
}

/** The name follows the engine, its boots and time. */
function userOf(parameters: Uint8Array): Uint8Array | undefined {
  const list = new Elements(parameters).inside(SEQUENCE);
  return list?.take(OCTET_STRING) && list.take(INTEGER) && list.take(INTEGER) && list.take(OCTET_STRING);
}

function parsePdu(message: Elements): SnmpPdu | undefined {
  const element = message.next();
  if (!element || (element.tag & 0xe0) !== PDU_CLASS) return undefined;
  const type = element.tag & 0x1f;
  const content = new Elements(element.content);
  if (type === TRAP_V1) return parseTrap(content);
  content.take(INTEGER);
  const status = content.integer();
  const index = content.integer();
  if (status === undefined || index === undefined || type > MAX_PDU_TYPE) return undefined;
  const variables = parseVariables(content);
  return variables && { type, variables, ...(type !== GET_BULK && { errorStatus: status }) };
}

function parseTrap(content: Elements): SnmpPdu | undefined {
  const oid = content.take(OBJECT_IDENTIFIER);
  const address = content.take(IP_ADDRESS);
  const type = content.integer();
  content.take(INTEGER);
  content.next();
  const variables = parseVariables(content);
  if (!oid || !address || type === undefined || !variables) return undefined;
  const text = address.length === 4 ? address.join('.') : undefined;
  return { type: TRAP_V1, variables, trap: { type, oid: objectIdentifier(oid), address: text } };
}

/** Names of variables. */
function parseVariables(content: Elements): string[] | undefined {
  const list = content.inside(SEQUENCE);
  if (!list) return undefined;
  const names: string[] = [];
  for (const { tag, content: variable } of list.rest(MAX_VARIABLES)) {
    const name = tag === SEQUENCE ? new Elements(variable).take(OBJECT_IDENTIFIER) : undefined;
    if (!name) return undefined;
    names.push(objectIdentifier(name));
  }
  return names;
}
