/** Small TLS handshakes and certificates. */
import { concat, u8, u16, u24 } from '../../packets/bytes.js';

/** A record of `type`; version 3.3 by default. */
export const record = (type: number, body: Uint8Array, version = 0x0303): Uint8Array =>
  concat(u8(type), u16(version), u16(body.length), body);

export const handshake = (type: number, body: Uint8Array): Uint8Array =>
  concat(u8(type), u24(body.length), body);

const list8 = (body: Uint8Array): Uint8Array => concat(u8(body.length), body);
const list16 = (body: Uint8Array): Uint8Array => concat(u16(body.length), body);
const list24 = (body: Uint8Array): Uint8Array => concat(u24(body.length), body);

export const extension = (type: number, body: Uint8Array): Uint8Array => concat(u16(type), list16(body));

export const serverName = (text: string): Uint8Array =>
  extension(0, list16(concat(u8(0), list16(Buffer.from(text, 'latin1')))));

export const alpn = (...names: string[]): Uint8Array =>
  extension(16, list16(concat(...names.map(each => list8(Buffer.from(each, 'latin1'))))));

export const versions = (...numbers: number[]): Uint8Array =>
  extension(43, list8(concat(...numbers.map(u16))));

const RANDOM = Uint8Array.from({ length: 32 }, (_, i) => i);

export function clientHello(extensions: Uint8Array[] = [], ciphers: number[] = [0x1301, 0x002f]): Uint8Array {
  const suites = list16(concat(...ciphers.map(u16)));
  const head = concat(u16(0x0303), RANDOM, list8(new Uint8Array(0)), suites, list8(u8(0)));
  return handshake(1, concat(head, list16(concat(...extensions))));
}

export function serverHello(extensions: Uint8Array[] = [], cipher = 0x002f): Uint8Array {
  const head = concat(u16(0x0303), RANDOM, list8(new Uint8Array(0)), u16(cipher), u8(0));
  return handshake(2, concat(head, list16(concat(...extensions))));
}

export const certificates = (...chain: Uint8Array[]): Uint8Array =>
  handshake(11, list24(concat(...chain.map(list24))));

export const SERVER_HELLO_DONE = handshake(14, new Uint8Array(0));
export const CHANGE_CIPHER_SPEC = record(20, u8(1));

// ── certificates ──

export function der(tag: number, ...contents: Uint8Array[]): Uint8Array {
  const body = concat(...contents);
  const length = body.length < 0x80 ? u8(body.length) : concat(u8(0x82), u16(body.length));
  return concat(u8(tag), length, body);
}

const text = (tag: number, value: string): Uint8Array => der(tag, Buffer.from(value, 'latin1'));
/** Attributes of X.520 by their last number: 3 CN, 6 C, 8 ST, 10 O. */
export const distinguishedName = (...attributes: [number, string][]): Uint8Array =>
  der(
    0x30,
    ...attributes.map(([type, value]) =>
      der(0x31, der(0x30, der(0x06, Uint8Array.of(0x55, 4, type)), text(0x0c, value))),
    ),
  );

const ALGORITHM = der(0x30, der(0x06, Uint8Array.of(0x2a, 3)));

export interface CertificateFields {
  serial?: Uint8Array;
  issuer?: Uint8Array;
  subject?: Uint8Array;
  notBefore?: Uint8Array;
  notAfter?: Uint8Array;
  names?: Uint8Array[];
  publicKey?: Uint8Array;
  /** Signature algorithm and signature. */
  signature?: Uint8Array[];
}

export const utcTime = (value: string): Uint8Array => text(0x17, value);
export const generalizedTime = (value: string): Uint8Array => text(0x18, value);
export const dnsName = (value: string): Uint8Array => text(0x82, value);

export function certificate(fields: CertificateFields = {}): Uint8Array {
  const {
    serial = Uint8Array.of(0, 0x97, 0xe6),
    issuer = distinguishedName([6, 'FR'], [10, 'Example'], [3, 'CA']),
    subject = distinguishedName([6, 'FR'], [8, 'IDF'], [3, 'www.example.org']),
    notBefore = utcTime('200102030405Z'),
    notAfter = generalizedTime('20500102030405Z'),
    names = [],
    publicKey = der(0x30, ALGORITHM, der(0x03, u8(0))),
    signature = [ALGORITHM, der(0x03, u8(0))],
  } = fields;
  const alternative = der(0x30, der(0x06, Uint8Array.of(0x55, 0x1d, 17)), der(0x04, der(0x30, ...names)));
  return der(
    0x30,
    der(
      0x30,
      der(0xa0, der(0x02, u8(2))),
      der(0x02, serial),
      ALGORITHM,
      issuer,
      der(0x30, notBefore, notAfter),
      subject,
      publicKey,
      der(0xa3, der(0x30, alternative)),
    ),
    ...signature,
  );
}
