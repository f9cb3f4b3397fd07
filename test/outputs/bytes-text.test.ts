import { expect, it } from 'vitest';
import { bytesText, latin1Text } from '../../engine/record/bytes-text.js';

const text = (...bytes: number[]) => bytesText(Uint8Array.from(bytes));

it('valid UTF-8 is shown as such, including a byte order mark', () => {
  expect(text()).toBe('');
  expect(text(0x61, 0, 0x7f)).toBe('a\0\x7f');
  expect(text(0x61, 0xc3, 0xa4)).toBe('aä');
  expect(text(0xef, 0xbb, 0xbf, 0x61)).toBe('\ufeffa');
  expect(latin1Text('a\xc3\xa4')).toBe('aä');
});

it('bytes above 127 are shown as numbers if truncated, overlong, or half of a surrogate', () => {
  expect(text(0x61, 0xc5)).toBe('a\\xc5');
  expect(text(0xc0, 0xaf)).toBe('\\xc0\\xaf');
  expect(text(0xed, 0xa0, 0x80, 0x62)).toBe('\\xed\\xa0\\x80b');
});

it('only the bytes of a view are shown', () => {
  const bytes = Uint8Array.from([0xff, 0xc3, 0xa4, 0xff]);
  expect(bytesText(bytes.subarray(1, 3))).toBe('ä');
});
