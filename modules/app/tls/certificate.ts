/** The fields of an X.509 certificate (RFC 5280) that are logged and searched. */
import { createHash } from 'node:crypto';
import { addressText } from '../../../engine/address.js';
import { objectIdentifier } from '../asn1/object-identifier.js';
import * as Der from './der.js';
import { distinguishedName } from './distinguished-name.js';

export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  /** Pairs of hexadecimal digits with colons, upper case. */
  readonly serial: string;
  /** SHA-1 of the certificate, pairs with colons, lower case. */
  readonly fingerprint: string;
  /** Seconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly alternativeNames: readonly string[];
}

/** Errors in certificates: names of events. */
export type CertificateProblem =
  | 'invalid_certificate'
  | 'certificate_invalid_der'
  | 'certificate_invalid_length'
  | 'certificate_invalid_version'
  | 'certificate_invalid_serial'
  | 'certificate_invalid_algorithmidentifier'
  | 'certificate_invalid_issuer'
  | 'certificate_invalid_validity'
  | 'certificate_invalid_date'
  | 'certificate_invalid_subject'
  | 'certificate_invalid_extensions';

/** Servers send the same certificates again and again. */
const CACHED = 512;
/** Longer ones are parsed each time: a hostile server could fill the cache with equally long texts. */
const MAX_CACHED_LENGTH = 16 << 10;
/** Maximum alternative names kept per certificate. */
const MAX_NAMES = 1000;

/** Recently parsed certificates by fingerprint; the oldest is evicted. One cache per thread. */
export class CertificateCache {
  private readonly known = new Map<string, Certificate | CertificateProblem>();

  read(der: Uint8Array): Certificate | CertificateProblem {
    if (der.length > MAX_CACHED_LENGTH) return parseCertificate(der, sha1(der));
    const digest = sha1(der);
    const before = this.known.get(digest);
    if (before) return before;
    const certificate = parseCertificate(der, digest);
    if (this.known.size >= CACHED) this.known.delete(this.known.keys().next().value!);
    this.known.set(digest, certificate);
    return certificate;
  }
}

const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

/** @param digest SHA-1 of the bytes, in hexadecimal */
export function parseCertificate(der: Uint8Array, digest: string): Certificate | CertificateProblem {
  const file = new Der.DerReader(der);
  if (file.tag !== Der.SEQUENCE) return 'certificate_invalid_der';
  const outer = file.next();
  const body = outer && file.inside(outer);
  if (body && body.tag !== Der.SEQUENCE) return 'certificate_invalid_der';
  const inner = body?.next();
  if (!inner) return 'certificate_invalid_length';
  const fields = file.inside(inner);
  if (fields.tag === VERSION && !fields.next()) return 'certificate_invalid_version';
  const serial = fields.expect(Der.INTEGER);
  if (!serial) return 'certificate_invalid_serial';
  if (!fields.expect(Der.SEQUENCE)) return 'certificate_invalid_algorithmidentifier';
  const issuer = nameOf(fields);
  if (issuer === undefined) return 'certificate_invalid_issuer';
  const validity = fields.expect(Der.SEQUENCE);
  if (!validity) return 'certificate_invalid_validity';
  const times = fields.inside(validity);
  const notBefore = timeOf(times);
  const notAfter = timeOf(times);
  if (notBefore === undefined || notAfter === undefined) return 'certificate_invalid_date';
  const subject = nameOf(fields);
  if (subject === undefined) return 'certificate_invalid_subject';
  // The public key, and the signature after the body: their absence has no event of its own.
  if (!fields.expect(Der.SEQUENCE)) return 'invalid_certificate';
  const alternativeNames = alternativeNamesOf(fields);
  if (!alternativeNames) return 'certificate_invalid_extensions';
  if (!body!.expect(Der.SEQUENCE)) return 'certificate_invalid_algorithmidentifier';
  if (!body!.expect(Der.BIT_STRING)) return 'invalid_certificate';
  return {
    subject,
    issuer,
    serial: pairs(Buffer.from(fields.contents(serial)).toString('hex').toUpperCase()),
    fingerprint: pairs(digest),
    notBefore,
    notAfter,
    alternativeNames,
  };
}

function nameOf(fields: Der.DerReader): string | undefined {
  const element = fields.expect(Der.SEQUENCE);
  return element && distinguishedName(fields.inside(element));
}

/** RFC 5280 4.1.2.5: `YYMMDDhhmmssZ` up to 2049, `YYYYMMDDhhmmssZ`. @returns seconds since the epoch */
function timeOf(times: Der.DerReader): number | undefined {
  const element = times.next();
  if (element?.tag !== Der.UTC_TIME && element?.tag !== Der.GENERALIZED_TIME) return undefined;
  const text = Buffer.from(times.contents(element)).toString('latin1');
  const short = element.tag === Der.UTC_TIME;
  const match = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?Z?$/.exec(text);
  if (!match || match[1]!.length !== (short ? 2 : 4)) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(digits => Number(digits ?? 0));
  const fullYear = short ? year! + (year! < 50 ? 2000 : 1900) : year!;
  return Date.UTC(fullYear, month! - 1, day, hour, minute, second) / 1000;
}

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** RFC 5280 4.2.1.6. @returns undefined if the extensions are malformed */
function alternativeNamesOf(fields: Der.DerReader): string[] | undefined {
  while (!fields.done && fields.tag !== EXTENSIONS) if (!fields.next()) return undefined;
  const wrapped = fields.expect(EXTENSIONS);
  if (!wrapped) return [];
  const list = fields.inside(wrapped).expect(Der.SEQUENCE);
  if (!list) return undefined;
  const extensions = fields.inside(list);
  const found: string[] = [];
  while (!extensions.done) {
    const element = extensions.expect(Der.SEQUENCE);
    const extension = element && extensions.inside(element);
    const identifier = extension?.expect(Der.OBJECT_IDENTIFIER);
    if (!extension || !identifier) return undefined;
    extension.expect(Der.BOOLEAN);
    const value = extension.expect(Der.OCTET_STRING);
    if (!value) return undefined;
    if (objectIdentifier(extension.contents(identifier)) === SUBJECT_ALTERNATIVE_NAME)
      addNames(extension.inside(value), found);
  }
  return found;
}

const MAIL_ADDRESS = 0x81;
const DNS_NAME = 0x82;
const URI = 0x86;
const IP_ADDRESS = 0x87;

function addNames(value: Der.DerReader, found: string[]): void {
  const list = value.expect(Der.SEQUENCE);
  const names = list && value.inside(list);
  while (names && !names.done && found.length < MAX_NAMES) {
    const name = names.next();
    if (!name) return;
    const bytes = names.contents(name);
    if (name.tag === IP_ADDRESS && (bytes.length === 4 || bytes.length === 16))
      found.push(addressText(bytes, 0, bytes.length === 4 ? 4 : 6));
    else if (name.tag === DNS_NAME || name.tag === MAIL_ADDRESS || name.tag === URI)
      found.push(Buffer.from(bytes).toString('utf8'));
  }
}

const pairs = (digits: string): string => digits.replace(/..(?=.)/g, '$&:');
