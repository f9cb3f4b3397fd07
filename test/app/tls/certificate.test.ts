import { describe, expect, it } from 'vitest';
import { objectIdentifier } from '../../../modules/app/asn1/object-identifier.js';
import { type Certificate, parseCertificate } from '../../../modules/app/tls/certificate.js';
import { DerReader } from '../../../modules/app/tls/der.js';
import {
  type CertificateFields,
  certificate,
  der,
  distinguishedName,
  dnsName,
  generalizedTime,
  utcTime,
} from './handshake-builder.js';

const read = (fields: CertificateFields) => parseCertificate(certificate(fields), '00ff') as Certificate;
const date = (seconds: number) => new Date(seconds * 1000).toISOString();

describe('a certificate', () => {
  it('gives the logged members', () => {
    const { notBefore, notAfter, ...rest } = read({ names: [dnsName('a.example'), dnsName('b.example')] });
    expect(rest).toEqual({
      subject: 'C=FR, ST=IDF, CN=www.example.org',
      issuer: 'C=FR, O=Example, CN=CA',
      serial: '00:97:E6',
      fingerprint: '00:ff',
      alternativeNames: ['a.example', 'b.example'],
    });
    expect([date(notBefore), date(notAfter)]).toEqual([
      '2020-01-02T03:04:05.000Z',
      '2050-01-02T03:04:05.000Z',
    ]);
  });

  it('keeps zero bytes in names', () => {
    expect(read({ issuer: distinguishedName([3, 'a\0b']) }).issuer).toBe('CN=a\0b');
    expect(read({ names: [dnsName('a\0b')] }).alternativeNames).toEqual(['a\0b']);
  });

  it('gives addresses, mailboxes and URIs as alternative names, and no other kinds', () => {
    const named = (tag: number, value: string | Uint8Array) =>
      der(tag, typeof value === 'string' ? Buffer.from(value) : value);
    const v6 = Uint8Array.from([0x20, 1, 0xd, 0xb8, ...new Uint8Array(11), 1]);
    const names = [
      named(0x87, Uint8Array.of(192, 0, 2, 1)),
      named(0x87, v6),
      named(0x87, v6.subarray(0, 5)),
      named(0x81, 'a@example.org'),
      named(0x86, 'https://example.org/'),
      named(0xa4, distinguishedName([3, 'directory'])),
      named(0x88, Uint8Array.of(0x2a, 3)),
      dnsName('last.example'),
    ];
    expect(read({ names }).alternativeNames).toEqual([
      '192.0.2.1',
      '2001:db8::1',
      'a@example.org',
      'https://example.org/',
      'last.example',
    ]);
  });

  it('has the right century for years of two digits', () => {
    expect(date(read({ notBefore: utcTime('991231235959Z') }).notBefore)).toBe('1999-12-31T23:59:59.000Z');
  });

  it('gives attributes without a name by number', () => {
    expect(read({ subject: distinguishedName([99, 'x']) }).subject).toBe('2.5.4.99=x');
  });
});

describe('an invalid certificate', () => {
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'certificate_invalid_der'],
    ['another element', der(0x31), 'certificate_invalid_der'],
    [
      'a length beyond the end',
      Uint8Array.of(0x30, 5, 0x30, 0x84, 255, 255, 255),
      'certificate_invalid_length',
    ],
    ['no serial number', der(0x30, der(0x30)), 'certificate_invalid_serial'],
    ['an invalid issuer', certificate({ issuer: der(0x30, der(0x02)) }), 'certificate_invalid_issuer'],
    ['an invalid subject', certificate({ subject: der(0x31) }), 'certificate_invalid_subject'],
    ['an invalid date', certificate({ notBefore: utcTime('yesterday') }), 'certificate_invalid_date'],
    [
      'a year of two digits in the long form',
      certificate({ notAfter: generalizedTime('200102030405Z') }),
      'certificate_invalid_date',
    ],
    ['an invalid public key', certificate({ publicKey: der(0x02) }), 'invalid_certificate'],
    ['no signature', certificate({ signature: [der(0x30)] }), 'invalid_certificate'],
    ['nothing behind the body', certificate({ signature: [] }), 'certificate_invalid_algorithmidentifier'],
  ])('%s is an error', (_, bytes, problem) => {
    expect(parseCertificate(bytes, '')).toBe(problem);
  });

  it('truncated anywhere is an error, never an exception', () => {
    const whole = certificate({ names: [dnsName('a')] });
    for (let length = 0; length < whole.length - 10; length++)
      expect(parseCertificate(whole.subarray(0, length), '')).toEqual(expect.stringMatching(/^certificate_/));
  });
});

it('object identifiers are decoded', () => {
  expect(objectIdentifier(Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d))).toBe('1.2.840.113549');
  expect(objectIdentifier(new Uint8Array(100).fill(0xff))).toBe('');
});

it('lengths that DER does not allow are rejected', () => {
  for (const head of [
    [0x30, 0x80],
    [0x30, 0x85, 0, 0, 0, 0, 0],
    [0x1f, 1],
  ])
    expect(new DerReader(Uint8Array.from([...head, 0, 0, 0, 0, 0, 0])).next()).toBeUndefined();
});
