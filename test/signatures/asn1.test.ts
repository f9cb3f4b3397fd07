import { describe, expect, test } from 'vitest';
import { holds } from './inspect.js';

/** An element with a length of one byte. */
const element = (tag: number, content: string): string => String.fromCharCode(tag, content.length) + content;
/** An element with a length of two bytes. */
const long = (tag: number, content: string): string =>
  String.fromCharCode(tag, 0x82, content.length >>> 8, content.length & 255) + content;

const INTEGER = element(2, '\x05');
const SOUND_BITS = element(3, '\x04\xf0');
const BAD_BITS = element(3, '\x09\xf0');
const LONG_REAL = long(9, `\x01${'1'.repeat(300)}`);
const SHORT_REAL = element(9, '\x011.5');

describe('asn1', () => {
  test.each<[string, string, boolean]>([
    ['bitstring_overflow', BAD_BITS, true],
    ['bitstring_overflow', SOUND_BITS, false],
    ['bitstring_overflow', element(0x30, INTEGER + BAD_BITS), true],
    ['bitstring_overflow', element(0x83, '\x09\xf0'), false],
    ['bitstring_overflow', element(0x23, '\x09\xf0'), false],
    ['double_overflow', LONG_REAL, true],
    ['double_overflow', SHORT_REAL, false],
    ['double_overflow', long(9, `\x80${'1'.repeat(300)}`), false],
    ['oversize_length 100', `\x04\x81\x65`, true],
    ['oversize_length 100', `\x04\x81\x64`, false],
    ['oversize_length 100', `\x04\x85\x01\x00\x00\x00\x00`, false],
    ['oversize_length 100', `\x1f\x81\x01\x81\x65`, true],
    ['oversize_length 100', `\x1f\x81`, false],
    ['oversize_length 100', `\x04\x82\xff`, false],
    ['oversize_length 100', `\x04\x82\xff\x00`, true],
    ['double_overflow, bitstring_overflow', BAD_BITS, true],
    ['bitstring_overflow, absolute_offset 3', `abc${BAD_BITS}`, true],
    ['bitstring_overflow, absolute_offset 300', `abc${BAD_BITS}`, false],
  ])('%s in %j: %s', (argument, payload, expected) =>
    expect(holds(`asn1:${argument};`, payload)).toBe(expected),
  );

  test('offsets may be relative to a match', () =>
    expect(holds('content:"abc"; asn1:bitstring_overflow, relative_offset 2;', `xabc..${BAD_BITS}`)).toBe(
      true,
    ));

  test('parsing of any bytes ends', () => {
    for (let first = 0; first < 256; first++)
      for (const length of [0, 1, 0x7f, 0x80, 0x81, 0x84, 0xff])
        holds(
          'asn1:bitstring_overflow, double_overflow, oversize_length 4;',
          String.fromCharCode(first, length, first, 255),
        );
  });
});
