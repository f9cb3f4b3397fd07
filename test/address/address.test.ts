import { isIPv4, isIPv6 } from 'node:net';
import { expect, test } from 'vitest';
import { addressText, ipv6Text, parseAddress, parseIpv6, writeIpv6Full } from '../../engine/address.js';
import { randomNumbers } from '../pseudo-random.js';

test.each([
  ['0.0.0.0', [0, 0, 0, 0]],
  ['192.0.2.1', [192, 0, 2, 1]],
  ['10.99.100.255', [10, 99, 100, 255]],
])('IPv4 %s', (text, bytes) => {
  expect(addressText(Uint8Array.from(bytes), 0, 4)).toBe(text);
  expect(parseAddress(text)).toEqual(Uint8Array.from(bytes));
});

test.each([
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0db8:85a3::8a2e:0370:7334', '2001:db8:85a3::8a2e:370:7334'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['0:0:1::', '0:0:1::'],
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
])('IPv6 %s is written %s', (text, short) => {
  expect(ipv6Text(parseIpv6(text)!)).toBe(short);
});

test('EVE writes IPv6 addresses with all digits', () => {
  const out = new Uint8Array(39);
  expect(writeIpv6Full(parseIpv6('fe80::20c:29ff:fef3:cf38')!, 0, out, 0)).toBe(39);
  expect(Buffer.from(out).toString()).toBe('fe80:0000:0000:0000:020c:29ff:fef3:cf38');
});

test('invalid address texts are rejected', () => {
  const wrong = [
    ...['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.x', '1.2.3.4 '],
    ...[':', ':::', '1:2', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', 'g::', '1:2:3:4:5:6:7::8', '1.2.3.4::'],
    ...['::1.2.3', '1:2:3:4:5:6:7:1.2.3.4', ':1:2:3:4:5:6:7'],
  ];
  expect(wrong.filter(text => parseAddress(text) !== undefined)).toEqual([]);
});

test('random addresses survive writing and parsing', () => {
  const random = randomNumbers(7);
  for (let round = 0; round < 500; round++) {
    const bytes = Uint8Array.from({ length: 16 }, () => (random(3) === 0 ? random(256) : 0));
    const v6 = ipv6Text(bytes);
    expect(isIPv6(v6), v6).toBe(true);
    expect(parseAddress(v6)).toEqual(bytes);
    const v4 = addressText(bytes, 5, 4);
    expect(isIPv4(v4), v4).toBe(true);
    expect(parseAddress(v4)).toEqual(bytes.slice(5, 9));
  }
});
