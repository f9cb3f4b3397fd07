import { describe, expect, it } from 'vitest';
import { native } from '../../engine/native.js';
import { checksum, pseudoHeaderSum, transportChecksum, wordSum } from '../../engine/packet/checksum.js';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** The plain sum of 16-bit words, as in RFC 1071. */
function plainChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes[i]! * 256 + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 65536) + Math.floor(sum / 65536);
  return 0xffff - sum;
}

it('computes the example of RFC 1071', () => {
  expect(wordSum(hex('0001 f203 f4f5 f6f7'), 0, 8)).toBe(0xddf2);
});

it('is 0 over a header that includes its checksum', () => {
  const header = hex('4500 003c 1c46 4000 4006 b1e6 ac10 0a63 ac10 0a0c');
  expect(checksum(header, 0, 20)).toBe(0);
  header.fill(0, 10, 12);
  expect(checksum(header, 0, 20)).toBe(0xb1e6);
});

it('agrees with the plain sum for all lengths and starts', () => {
  const bytes = Uint8Array.from({ length: 700 }, (_, i) => (i * 167 + (i >>> 3)) & 255);
  for (let length = 0; length < 600; length++) {
    const expected = plainChecksum(bytes.subarray(length & 7, (length & 7) + length));
    expect(checksum(bytes, length & 7, length), `${length}`).toBe(expected);
    expect(~wordSum(bytes, length & 7, length) & 0xffff).toBe(expected);
    if (native()) expect(native()!.checksum(bytes, length & 7, length, 0)).toBe(expected);
  }
});

it('does not overflow on the largest datagram', () => {
  const bytes = new Uint8Array(65535).fill(255);
  expect(checksum(bytes, 0, 65535)).toBe(plainChecksum(bytes));
  expect(~wordSum(bytes, 0, 65535) & 0xffff).toBe(plainChecksum(bytes));
});

describe('with a pseudo header', () => {
  it('verifies UDP over IPv4', () => {
    const packet = hex('4500 0020 0001 0000 4011 0000 0a000001 0a000002 1234 0035 000c 0000 61626364');
    const sum = transportChecksum(packet, 12, 8, 17, 20, 12);
    new DataView(packet.buffer, packet.byteOffset).setUint16(26, sum);
    expect(sum).toBe(0x14a4);
    expect(transportChecksum(packet, 12, 8, 17, 20, 12)).toBe(0);
  });

  it('verifies ICMPv6 over IPv6, also with a length beyond 16 bits', () => {
    const packet = hex(
      `6000 0000 0008 3aff ${'fe80'.padEnd(31, '0')}1 ${'fe80'.padEnd(31, '0')}2 8000 0000 0001 0001`,
    );
    const pseudo = Uint8Array.from([...packet.subarray(8, 40), 0, 1, 0, 8, 0, 0, 0, 58]);
    expect(pseudoHeaderSum(packet, 8, 32, 58, 0x10008)).toBe(~plainChecksum(pseudo) & 0xffff);
  });
});
