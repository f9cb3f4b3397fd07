/**
 * Details of LDAP operations (RFC 4511 4) for records, in order: texts, numbers and lists of them. A message of 1 MB
 * may have half a million values, so none of them are kept.
 */
import { Elements, ENUMERATED, integerOf, OCTET_STRING, SEQUENCE, SET } from '../asn1/ber.js';
import { isTrue, type LdapMessage, named, searchHead, text } from './message.js';

export type Detail = Readonly<Record<string, unknown>>;

const EMPTY = new Uint8Array(0);

/** @returns undefined for operations without details */
export function detailOf({ operation, content, result }: LdapMessage): Detail | undefined {
  const elements = new Elements(content);
  switch (operation) {
    case 0:
      return bindRequest(elements);
    case 3:
      return searchRequest(elements);
    case 4:
      return { base_object: text(elements), attributes: attributeList(elements.inside(SEQUENCE)) };
    case 6:
      return { object: text(elements), changes: changes(elements) };
    case 8:
      return addRequest(elements);
    case 10:
      return { dn: content };
    case 12:
      return modDnRequest(elements);
    case 14:
      return compareRequest(elements);
    case 16:
      return { message_id: integerOf(content) ?? 0 };
    case 19:
      return { uris: [...elements.rest()].map(each => each.content) };
    case 23:
      return named(elements, 0x80, 0x81);
    case 25:
      return named(elements, 0x80, 0x81);
    default:
      return result && resultDetail(operation, elements);
  }
}

function bindRequest(elements: Elements): Detail {
  const version = elements.integer() ?? 0;
  const name = text(elements);
  const sasl = elements.inside(0xa3);
  const mechanism = sasl && text(sasl);
  const credentials = sasl?.take(OCTET_STRING);
  return { version, name, ...(mechanism && { sasl: { mechanism, ...(credentials && { credentials }) } }) };
}

function searchRequest(elements: Elements): Detail {
  const head = searchHead(elements);
  // The filter.
  elements.next();
  return { ...head, attributes: [...(elements.inside(SEQUENCE)?.rest() ?? [])].map(each => each.content) };
}

/** An attribute with its values. */
interface Attribute {
  readonly type: Uint8Array;
  readonly values: readonly Uint8Array[];
}

/** `SEQUENCE OF` attributes, each a type with a set of values. */
function attributeList(elements: Elements | undefined): Attribute[] {
  return [...(elements?.rest() ?? [])].map(({ content }) => attributeOf(new Elements(content)));
}

function attributeOf(elements: Elements): Attribute {
  const type = text(elements);
  return { type, values: [...(elements.inside(SET)?.rest() ?? [])].map(each => each.content) };
}

function addRequest(elements: Elements): Detail {
  const entry = text(elements);
  const list = attributeList(elements.inside(SEQUENCE));
  return { entry, attributes: list.map(({ type, values }) => ({ name: type, values })) };
}

const CHANGES = ['add', 'delete', 'replace', 'increment'];

function changes(elements: Elements): object[] {
  return [...(elements.inside(SEQUENCE)?.rest() ?? [])].map(({ content }) => {
    const change = new Elements(content);
    const operation = CHANGES[change.integer(ENUMERATED) ?? 0] ?? 'unknown';
    const { type, values } = attributeOf(change.inside(SEQUENCE) ?? new Elements(EMPTY));
    return { operation, modification: { attribute_type: type, attribute_values: values } };
  });
}

function modDnRequest(elements: Elements): Detail {
  const detail = { entry: text(elements), new_rdn: text(elements), delete_old_rdn: isTrue(elements) };
  const superior = elements.take(0x80);
  return superior ? { ...detail, new_superior: superior } : detail;
}

function compareRequest(elements: Elements): Detail {
  const entry = text(elements);
  const assertion = elements.inside(SEQUENCE) ?? new Elements(EMPTY);
  return {
    entry,
    attribute_value_assertion: { description: text(assertion), value: text(assertion) },
  };
}

/** After a result and referrals: the server's SASL credentials, or the response of an extended operation. */
function resultDetail(operation: number, elements: Elements): Detail {
  elements.take(ENUMERATED);
  elements.take(OCTET_STRING);
  elements.take(OCTET_STRING);
  if (operation === 24) return named(elements, 0x8a, 0x8b);
  const { value } = operation === 1 ? named(elements, -1, 0x87) : {};
  return value ? { server_sasl_creds: value } : {};
}
