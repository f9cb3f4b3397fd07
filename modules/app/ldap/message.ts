/** LDAP messages (RFC 4511 4): the parts that rules and records ask for. */
import { BOOLEAN, Elements, ENUMERATED, integerOf, OCTET_STRING, SEQUENCE, SET } from '../asn1/ber.js';
import { operationName } from './operation.js';

/** An attribute with its values. */
export interface Attribute {
  readonly type: Uint8Array;
  readonly values: readonly Uint8Array[];
}

export interface LdapResult {
  readonly code: number;
  readonly matchedDn: Uint8Array;
  readonly message: Uint8Array;
}

/** Values that are shown of one operation, in the order of EVE records: texts, numbers and lists of them. */
export type Detail = Readonly<Record<string, unknown>>;

export interface LdapMessage {
  readonly id: number;
  readonly operation: number;
  /** Name of the entry it is about. */
  readonly dn: Uint8Array | undefined;
  readonly result: LdapResult | undefined;
  /** Types of attributes. */
  readonly attributes: readonly Uint8Array[];
  /** Object identifier of an extended operation. */
  readonly oid: Uint8Array | undefined;
  /** As EVE records tell it; undefined for operations without anything. */
  readonly detail: Detail | undefined;
}

type Parts = Pick<LdapMessage, 'dn' | 'result' | 'attributes' | 'oid' | 'detail'>;

const NOTHING: Parts = {
  dn: undefined,
  result: undefined,
  attributes: [],
  oid: undefined,
  detail: undefined,
};
const EMPTY = new Uint8Array(0);
/** Class and form bits of an operation's tag: application. */
const APPLICATION = 0x40;
const NUMBER = 0x1f;

/** @param content of the outer sequence; kept  @returns undefined where it is no message */
export function parseMessage(content: Uint8Array): LdapMessage | undefined {
  const elements = new Elements(content);
  const id = elements.integer();
  const element = elements.next();
  if (id === undefined || !element || (element.tag & 0xc0) !== APPLICATION) return undefined;
  const operation = element.tag & NUMBER;
  if (operationName(operation) === undefined) return undefined;
  return { ...NOTHING, id, operation, ...parts(operation, element.content) };
}

function parts(operation: number, content: Uint8Array): Partial<Parts> {
  const elements = new Elements(content);
  switch (operation) {
    case 0:
      return bindRequest(elements);
    case 3:
      return searchRequest(elements);
    case 4:
      return searchEntry(elements);
    case 6:
      return modifyRequest(elements);
    case 8:
      return addRequest(elements);
    case 10:
      return { dn: content, detail: { dn: content } };
    case 12:
      return modDnRequest(elements);
    case 14:
      return compareRequest(elements);
    case 16:
      return { detail: { message_id: integerOf(content) ?? 0 } };
    case 19:
      return { detail: { uris: [...elements.rest()].map(each => each.content) } };
    case 23:
      return extendedRequest(elements);
    case 25:
      return { detail: named(elements, 0x80, 0x81) };
    default:
      return resultParts(operation, elements);
  }
}

const text = (elements: Elements): Uint8Array => elements.take(OCTET_STRING) ?? EMPTY;

function bindRequest(elements: Elements): Partial<Parts> {
  const version = elements.integer() ?? 0;
  const dn = text(elements);
  const sasl = elements.inside(0xa3);
  const mechanism = sasl && text(sasl);
  const credentials = sasl?.take(OCTET_STRING);
  const detail = {
    version,
    name: dn,
    ...(mechanism && { sasl: { mechanism, ...(credentials && { credentials }) } }),
  };
  return { dn, detail };
}

function searchRequest(elements: Elements): Partial<Parts> {
  const dn = text(elements);
  const detail = {
    base_object: dn,
    scope: elements.integer(ENUMERATED) ?? 0,
    deref_alias: elements.integer(ENUMERATED) ?? 0,
    size_limit: elements.integer() ?? 0,
    time_limit: elements.integer() ?? 0,
    types_only: isTrue(elements),
  };
  // The filter.
  elements.next();
  const attributes = [...(elements.inside(SEQUENCE)?.rest() ?? [])].map(each => each.content);
  return { dn, attributes, detail: { ...detail, attributes } };
}

function isTrue(elements: Elements): boolean {
  return (elements.take(BOOLEAN)?.[0] ?? 0) !== 0;
}

/** `SEQUENCE OF` attributes, each a type with a set of values. */
function attributeList(elements: Elements | undefined): Attribute[] {
  return [...(elements?.rest() ?? [])].map(({ content }) => attributeOf(new Elements(content)));
}

function attributeOf(elements: Elements): Attribute {
  const type = text(elements);
  return { type, values: [...(elements.inside(SET)?.rest() ?? [])].map(each => each.content) };
}

function searchEntry(elements: Elements): Partial<Parts> {
  const dn = text(elements);
  const list = attributeList(elements.inside(SEQUENCE));
  return { dn, attributes: list.map(({ type }) => type), detail: { base_object: dn, attributes: list } };
}

function addRequest(elements: Elements): Partial<Parts> {
  const dn = text(elements);
  const list = attributeList(elements.inside(SEQUENCE));
  const attributes = list.map(({ type, values }) => ({ name: type, values }));
  return { dn, attributes: list.map(({ type }) => type), detail: { entry: dn, attributes } };
}

const CHANGES = ['add', 'delete', 'replace', 'increment'];

function modifyRequest(elements: Elements): Partial<Parts> {
  const dn = text(elements);
  const changes = [...(elements.inside(SEQUENCE)?.rest() ?? [])].map(({ content }) => {
    const change = new Elements(content);
    const operation = CHANGES[change.integer(ENUMERATED) ?? 0] ?? 'unknown';
    const { type, values } = attributeOf(change.inside(SEQUENCE) ?? new Elements(EMPTY));
    return { operation, modification: { attribute_type: type, attribute_values: values } };
  });
  const attributes = changes.map(each => each.modification.attribute_type);
  return { dn, attributes, detail: { object: dn, changes } };
}

function modDnRequest(elements: Elements): Partial<Parts> {
  const dn = text(elements);
  const detail = { entry: dn, new_rdn: text(elements), delete_old_rdn: isTrue(elements) };
  const superior = elements.take(0x80);
  return { dn, detail: superior ? { ...detail, new_superior: superior } : detail };
}

function compareRequest(elements: Elements): Partial<Parts> {
  const dn = text(elements);
  const assertion = elements.inside(SEQUENCE) ?? new Elements(EMPTY);
  const description = text(assertion);
  const detail = { entry: dn, attribute_value_assertion: { description, value: text(assertion) } };
  return { dn, attributes: [description], detail };
}

function extendedRequest(elements: Elements): Partial<Parts> {
  const detail = named(elements, 0x80, 0x81);
  return { oid: detail.name, detail };
}

/** A name and a value with these tags. */
function named(elements: Elements, name: number, value: number): { name?: Uint8Array; value?: Uint8Array } {
  const detail: { name?: Uint8Array; value?: Uint8Array } = {};
  for (const { tag, content } of elements.rest()) {
    if (tag === name) detail.name = content;
    if (tag === value) detail.value = content;
  }
  return detail;
}

function resultParts(operation: number, elements: Elements): Partial<Parts> {
  const code = elements.integer(ENUMERATED);
  if (code === undefined) return {};
  const result = { code, matchedDn: text(elements), message: text(elements) };
  // Behind referrals: the server's answer to SASL, or what an extended operation gives.
  if (operation === 1) {
    const { value } = named(elements, -1, 0x87);
    return { dn: result.matchedDn, result, detail: value ? { server_sasl_creds: value } : {} };
  }
  return { dn: result.matchedDn, result, detail: operation === 24 ? named(elements, 0x8a, 0x8b) : {} };
}
