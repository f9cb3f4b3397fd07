/** Names of subjects and issuers (RFC 5280 4.1.2.4) as text: `C=FR, ST=IDF, O=Example, CN=example.org`. */
import { objectIdentifier } from '../asn1/object-identifier.js';
import * as Der from './der.js';

/** Short names of attributes (RFC 4514 3, and further common ones). */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.41': 'name',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'Email',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
  '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
};

/** @returns undefined if the name is malformed */
export function distinguishedName(names: Der.DerReader): string | undefined {
  const parts: string[] = [];
  while (!names.done) {
    const set = names.expect(Der.SET);
    const part = set && relativeName(names.inside(set));
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts.join(', ');
}

/** A set of attributes, usually of one. */
function relativeName(set: Der.DerReader): string | undefined {
  const attributes: string[] = [];
  while (!set.done) {
    const pair = set.expect(Der.SEQUENCE);
    const inside = pair && set.inside(pair);
    const type = inside?.expect(Der.OBJECT_IDENTIFIER);
    const value = type && inside?.next();
    if (!inside || !type || !value) return undefined;
    const identifier = objectIdentifier(set.contents(type));
    attributes.push(`${ATTRIBUTES[identifier] ?? identifier}=${textOf(value.tag, set.contents(value))}`);
  }
  return attributes.join(' + ');
}

/** Any string type is accepted; zero bytes are kept. */
function textOf(tag: number, bytes: Uint8Array): string {
  if (tag !== Der.BMP_STRING) return Buffer.from(bytes).toString('utf8');
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return even.swap16().toString('utf16le');
}
