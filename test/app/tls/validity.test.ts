import { describe, expect, it } from 'vitest';
import { TlsTransaction } from '../../../modules/app/tls/transaction.js';
import tls from '../../../modules/app/tls.js';
import { certificate } from './handshake-builder.js';

const testOf = (keyword: string) => tls.tests.find(each => each.keyword === keyword)!;

/** Valid from 2020-01-02T03:04:05 to 2050-01-02T03:04:05. */
function shown(at: string): TlsTransaction {
  const transaction = new TlsTransaction(new Set());
  transaction.server.chain = [certificate({})];
  transaction.server.shownAt = Date.parse(at) / 1000;
  return transaction;
}

function holds(keyword: string, argument: string | undefined, transaction: TlsTransaction): boolean {
  const test = testOf(keyword);
  return test.matches(transaction, false, test.parse(argument));
}

describe('dates', () => {
  it.each<[string, boolean]>([
    ['>2019', true],
    ['>2020', true],
    ['>2021', false],
    ['<2020-02', true],
    ['<2020-01-02', false],
    ['<2020-01-03', true],
    ['2020-01-02T03:04:05', true],
    ['2020-01-02 03:04:05', true],
    ['2020-01-02T03:04:06', false],
    ['> 2020-01-02T03', true],
    ['2020-01-01<>2020-01-03', true],
    ['2020-01-01T10:00 <> 2020-01-02', false],
    ['1577934245', true],
    ['<1577934245', false],
  ])('%s', (argument, expected) =>
    expect(holds('tls_cert_notbefore', argument, shown('2030-01-01'))).toBe(expected),
  );

  it.each([
    '',
    'soon',
    '2020<>2019',
    '2020<>2020',
    '2020-13',
    '2020-01-32',
    '2020-01-01T24',
    '<2019<>2020',
    '20',
  ])('%j is rejected', argument => expect(() => testOf('tls_cert_notafter').parse(argument)).toThrow());
});

describe('a certificate', () => {
  it.each<[string, boolean]>([
    ['2049-12-31', false],
    ['2050-01-03', true],
  ])('at %s has expired: %s', (at, expired) => {
    expect(holds('tls_cert_expired', undefined, shown(at))).toBe(expired);
    expect(holds('tls_cert_valid', undefined, shown(at))).toBe(!expired);
  });

  it('that is missing is neither valid nor expired', () => {
    const none = new TlsTransaction(new Set());
    for (const keyword of ['tls_cert_expired', 'tls_cert_valid'])
      expect(holds(keyword, undefined, none)).toBe(false);
  });

  it("of either side is matched in that side's direction", () => {
    const transaction = shown('2030-01-01');
    const serial = tls.buffers.find(each => each.keyword === 'tls.cert_serial')!;
    expect([true, false].map(toServer => serial.get(transaction, toServer, 0) !== undefined)).toEqual([
      false,
      true,
    ]);
  });

  it("of the client is matched in the client's data", () => {
    const transaction = new TlsTransaction(new Set());
    transaction.client.chain = [certificate({})];
    const subject = tls.buffers.find(each => each.keyword === 'tls.cert_subject')!;
    expect(subject.get(transaction, true, 0)).toBeDefined();
    expect(subject.get(transaction, false, 0)).toBeUndefined();
  });
});
