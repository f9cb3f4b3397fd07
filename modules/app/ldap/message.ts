/**
 * LDAP messages (RFC 4511 4): the parts that rules need. Further details are parsed for records only, see `detailOf`.
 */
import { BOOLEAN, Elements, ENUMERATED, OCTET_STRING, SEQUENCE } from '../asn1/ber.js';
import { operationName } from './operation.js';

export interface LdapResult {
  readonly code: number;
  readonly matchedDn: Uint8Array;
  readonly message: Uint8Array;
}

export interface LdapMessage {
  readonly id: number;
  readonly operation: number;
  /** Contents of the operation. */
  readonly content: Uint8Array;
  /** Name of the entry it refers to. */
  readonly dn: Uint8Array | undefined;
  readonly result: LdapResult | undefined;
  /** Object identifier of an extended operation. */
  readonly oid: Uint8Array | undefined;
}

type Parts = Pick<LdapMessage, 'dn' | 'result' | 'oid'>;

const NOTHING: Parts = { dn: undefined, result: undefined, oid: undefined };
const EMPTY = new Uint8Array(0);
/** Class and form bits of an operation's tag: application. */
const APPLICATION = 0x40;
const NUMBER = 0x1f;

/** @param content of the outer sequence; kept  @returns undefined if it is not a message */
export function parseMessage(content: Uint8Array): LdapMessage | undefined {
  const elements = new Elements(content);
  const id = elements.integer();
  const element = elements.next();
  if (id === undefined || !element || (element.tag & 0xc0) !== APPLICATION) return undefined;
  const operation = element.tag & NUMBER;
  if (operationName(operation) === undefined) return undefined;
  return { ...NOTHING, id, operation, content: element.content, ...parts(operation, element.content) };
}

function parts(operation: number, content: Uint8Array): Partial<Parts> {
  const elements = new Elements(content);
  switch (operation) {
    case 0:
      elements.integer();
      return { dn: text(elements) };
    case 3:
    case 4:
    case 6:
    case 8:
    case 12:
    case 14:
      return { dn: text(elements) };
    case 10:
      return { dn: content };
    case 16:
    case 19:
    case 25:
      return {};
    case 23:
      return { oid: named(elements, 0x80, 0x81).name };
    default:
      return resultParts(elements);
  }
}

/** The next element if it is an octet string; otherwise nothing is read. */
export const text = (elements: Elements): Uint8Array => elements.take(OCTET_STRING) ?? EMPTY;

function resultParts(elements: Elements): Partial<Parts> {
  const code = elements.integer(ENUMERATED);
  if (code === undefined) return {};
  const result = { code, matchedDn: text(elements), message: text(elements) };
  return { dn: result.matchedDn, result };
}

/** The fields before the filter and the requested attributes (RFC 4511 4.5.1). */
export function searchHead(elements: Elements) {
  return {
    base_object: text(elements),
    scope: elements.integer(ENUMERATED) ?? 0,
    deref_alias: elements.integer(ENUMERATED) ?? 0,
    size_limit: elements.integer() ?? 0,
    time_limit: elements.integer() ?? 0,
    types_only: isTrue(elements),
  };
}

export function isTrue(elements: Elements): boolean {
  return (elements.take(BOOLEAN)?.[0] ?? 0) !== 0;
}

/** A name and a value with these tags. */
export function named(
  elements: Elements,
  name: number,
  value: number,
): { name?: Uint8Array; value?: Uint8Array } {
  const detail: { name?: Uint8Array; value?: Uint8Array } = {};
  for (const { tag, content } of elements.rest()) {
    if (tag === name) detail.name = content;
    if (tag === value) detail.value = content;
  }
  return detail;
}

/** The attribute types in a message. */
export function* attributeTypes({ operation, content }: LdapMessage): Generator<Uint8Array> {
  const elements = new Elements(content);
  if (operation === 3) {
    searchHead(elements);
    // The filter.
    elements.next();
    for (const each of elements.inside(SEQUENCE)?.rest() ?? []) yield each.content;
  } else if (operation === 4 || operation === 8) {
    text(elements);
    for (const each of elements.inside(SEQUENCE)?.rest() ?? []) yield text(new Elements(each.content));
  } else if (operation === 6) {
    text(elements);
    for (const each of elements.inside(SEQUENCE)?.rest() ?? []) yield changedType(new Elements(each.content));
  } else if (operation === 14) {
    text(elements);
    const assertion = elements.inside(SEQUENCE);
    yield assertion ? text(assertion) : EMPTY;
  }
}

/** In a change: the operation, followed by an attribute with values. */
function changedType(change: Elements): Uint8Array {
  change.take(ENUMERATED);
  const attribute = change.inside(SEQUENCE);
  return attribute ? text(attribute) : EMPTY;
}
