import { expect, test } from 'vitest';
import { maximumSegmentSize, windowScale } from '../../engine/packet/tcp-options.js';
import { hex, packet, tcp } from '../packets/builder.js';

const header = (options: string) => packet(tcp({ flags: 'S', options: hex(options) }));

test('values', () => {
  const all = header('020405b4 0402 080a 01020304 05060708 01 030307');
  expect(maximumSegmentSize(all, 0)).toBe(1460);
  expect(windowScale(all, 0)).toBe(7);
});

test.each([
  ['no options', ''],
  ['beyond the end of the list', '00 030307'],
  ['wrong length', '030407ff'],
  ['length of zero', '0300'],
  ['cut', '01010103'],
])('no window scale: %s', (_, options) => {
  expect(windowScale(header(options), 0)).toBe(-1);
});
