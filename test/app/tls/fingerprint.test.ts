import { describe, expect, it } from 'vitest';
import { ja3, ja4 } from '../../../modules/app/tls/fingerprint.js';
import type { Hello } from '../../../modules/app/tls/hello.js';
import { parseHello } from '../../../modules/app/tls/hello.js';
import { concat, u8, u16 } from '../../packets/bytes.js';
import { clientHello, extension } from './handshake-builder.js';

const numbers = (text: string) => text.split(' ').map(each => Number.parseInt(each, 16));

/** The browser's ClientHello in the specification of JA4. */
const BROWSER: Hello = {
  legacyVersion: 0x0303,
  random: new Uint8Array(32),
  sessionId: new Uint8Array(0),
  ciphers: numbers('1a1a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 9c 9d 2f 35'),
  extensions: numbers('4a4a 1b 0 33 10 4469 17 2d d 5 23 12 2b ff01 b a 15 2a2a'),
  serverName: Buffer.from('example.org'),
  alpn: [Buffer.from('h2'), Buffer.from('http/1.1')],
  versions: numbers('3a3a 304 303'),
  groups: numbers('1a1a 1d 17 18'),
  pointFormats: [0],
  signatureAlgorithms: numbers('403 804 401 503 805 501 806 601'),
  hasTicket: false,
};
const first = (hello: Partial<Hello>) => ja4({ ...BROWSER, ...hello }).split('_')[0];

describe('JA4', () => {
  it('is that of the example in its specification', () => {
    expect(ja4(BROWSER)).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
    expect(ja4(BROWSER, 'q')).toMatch(/^q13d1516h2_/);
  });

  it.each<[string, Partial<Hello>, string]>([
    ['the version of the message if no others are offered', { versions: [] }, 't12d1516h2'],
    ['versions without a name', { versions: [0x0505] }, 't00d1516h2'],
    ['no server name', { extensions: numbers('1b 10') }, 't13i1502h2'],
    ['99 ciphers at most', { ciphers: Array(120).fill(0x2f) }, 't13d9916h2'],
    ['no protocol', { alpn: [] }, 't13d151600'],
    ['a protocol of one letter', { alpn: [Buffer.from('a')] }, 't13d1516aa'],
    [
      'digits of a protocol that is not alphanumeric',
      { alpn: [Uint8Array.of(0xab, 0x61, 0xcd)] },
      't13d1516ad',
    ],
  ])('shows %s', (_, hello, wanted) => {
    expect(first(hello)).toBe(wanted);
  });

  it('has zeros for empty lists', () => {
    expect(ja4({ ...BROWSER, ciphers: [], extensions: [0, 16] })).toBe(
      't13d0002h2_000000000000_000000000000',
    );
  });
});

describe('JA3', () => {
  it('includes groups and point formats, but not GREASE', () => {
    const groups = extension(10, concat(u16(6), u16(0x1a1a), u16(29), u16(23)));
    const formats = extension(11, concat(u8(2), u8(0), u8(1)));
    const hello = clientHello([extension(0x2a2a, u8(0)), groups, formats], [0x3a3a, 0x1301]);
    const read = parseHello(hello.subarray(4), true, () => {});
    expect(ja3(read!).text).toBe('771,4865,10-11,29-23,0-1');
  });
});
