/** Checksums of segments with a routing header that is not yet processed (RFC 8200 section 8.1). */
import { expect, test } from 'vitest';
import { writeChecksums } from '../../engine/packet/write-checksums.js';
import * as Packet from '../../engine/packet.js';
import { internetChecksum } from '../../signatures/keywords/packet-checksums.js';
import { concat, ethernet, hex, hopByHop, ipv6, packet, tcp, u8 } from '../packets/builder.js';
import { address6 } from '../packets/bytes.js';
import { decoder } from './decoder.js';

const STOP = '2001:db8::99';
const FINAL = '2001:db8::7:2';
const OTHER = '2001:db8::5';
const ODD = 'odd data';

/** A segment with the checksum for `destination`. */
const segment = (destination: string) => packet(ipv6({ destination }), tcp(), ODD).subarray(40);

/** A routing header before TCP. */
function route(type: number, left: number, ...rest: Uint8Array[]): Uint8Array {
  const body = concat(u8(type), u8(left), ...rest);
  expect((body.length + 2) % 8).toBe(0);
  return concat(u8(6), u8((body.length + 2) / 8 - 1), body);
}

const none = hex('00000000');
const final = address6(FINAL);
const other = address6(OTHER);

async function judged(header: Uint8Array, made: string, before: Parameters<typeof packet> = []) {
  const { thread, one } = await decoder({ config: { capture: { 'checksum-validation': 'all' } } });
  const protocol = before.length > 0 ? 0 : 43;
  const data = packet(ethernet(), ipv6({ destination: STOP, protocol }), ...before, header, segment(made));
  const [slot] = one(data);
  const p = slot! * Packet.INTS;
  const { memory } = thread;
  expect(memory.row[p + Packet.PROTOCOL]).toBe(6);
  const right = (memory.row[p + Packet.FLAGS]! & Packet.FLAG_BAD_CHECKSUM) === 0;
  expect(internetChecksum('tcpv6-csum', { memory, p } as never)).toBe(right);
  const written = () => memory.view.getUint16(memory.row[p + Packet.L4]! + 16);
  const sum = written();
  writeChecksums(memory, p);
  expect(written() === sum).toBe(right);
  return right;
}

test.each<[string, Uint8Array]>([
  ['type 0', route(0, 1, none, other, final)],
  ['type 0, several left', route(0, 2, none, other, final)],
  ['home address', route(2, 1, none, final)],
  ['segments', route(4, 1, none, final, other)],
  ['segments and TLVs behind them', route(4, 1, none, final, other, hex('0406000000000000'))],
])('%s: the checksum is verified with the last address', async (_, header) => {
  expect(await judged(header, FINAL)).toBe(true);
  expect(await judged(header, STOP)).toBe(false);
  expect(await judged(header, FINAL, [hopByHop(undefined, 43)])).toBe(true);
});

test('compressed: the common prefix is taken from the IPv6 destination address', async () => {
  // 12 octets are elided, 4 octets are padding.
  const header = route(3, 1, hex('cc400000'), final.subarray(12), none);
  expect(await judged(header, '2001:db8::7:2')).toBe(true);
  expect(await judged(header, STOP)).toBe(false);
});

test.each<[string, Uint8Array]>([
  ['no segments left', route(0, 0, none, final)],
  ['an unknown routing type', route(253, 1, none, final)],
  ['no address', route(2, 1, none)],
  ['a truncated address', route(0, 1, none, final, hex('0000000000000000'))],
  ['fewer addresses than announced', route(3, 1, hex('00f00000'), final.subarray(8))],
])('%s: the checksum is verified with the destination of the IPv6 header', async (_, header) => {
  expect(await judged(header, STOP)).toBe(true);
  expect(await judged(header, FINAL)).toBe(false);
});
