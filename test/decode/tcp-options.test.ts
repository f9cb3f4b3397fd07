import { expect, test } from 'vitest';
import { uint32 } from '../../engine/network-order.js';
import * as Options from '../../engine/tcp-options.js';
import { hex, packet, tcp } from '../packets/builder.js';

const header = (options: string) => packet(tcp({ flags: 'S', options: hex(options) }));

test('values', () => {
  const all = header('020405b4 0402 080a 01020304 05060708 01 030307');
  expect(Options.maximumSegmentSize(all, 0)).toBe(1460);
  expect(Options.windowScale(all, 0)).toBe(7);
  expect(Options.hasOption(all, 0, Options.SACK_PERMITTED)).toBe(true);
  const at = Options.timestampsAt(all, 0);
  expect([uint32(all, at), uint32(all, at + 4)]).toEqual([0x01020304, 0x05060708]);
});

test('timestamps at their usual place', () => {
  const bytes = header('0101 080a ffffffff 00000001');
  const at = Options.timestampsAt(bytes, 0);
  expect([uint32(bytes, at), uint32(bytes, at + 4)]).toEqual([0xffffffff, 1]);
});

test('SACK blocks', () => {
  const bytes = header('0101 0512 00000001 00000002 00000003 00000004');
  expect(Options.sackBlocks(bytes, 0)).toBe(2);
  expect(uint32(bytes, Options.sackBlocksAt(bytes, 0) + 12)).toBe(4);
});

test.each([
  ['a cookie', '220a 0102030405060708', 8],
  ['a request', '2202', 0],
  ['experimental, a cookie', 'fe0c f989 0102030405060708', 8],
  ['experimental, a request', 'fd04 f989', 0],
  ['another experiment', 'fe06 1234 0102', -1],
  ['none', '', -1],
])('fast open: %s', (_, options, length) => {
  expect(Options.fastOpenCookieLength(header(options), 0)).toBe(length);
});

test.each([
  ['no options', ''],
  ['behind the end of the list', '00 030307'],
  ['wrong length', '030407ff'],
  ['length of zero', '0300'],
  ['cut', '01010103'],
])('no window scale: %s', (_, options) => {
  expect(Options.windowScale(header(options), 0)).toBe(-1);
});

test('MD5 and AO', () => {
  expect(Options.hasOption(header(`1312${'00'.repeat(16)}`), 0, Options.MD5)).toBe(true);
  expect(Options.hasOption(header(`1d10${'00'.repeat(14)}`), 0, Options.AO)).toBe(true);
});
