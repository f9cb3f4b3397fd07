import { brotliCompressSync, brotliDecompressSync, constants, deflateSync, inflateSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { decompressPrefix } from '../../engine/application/decompressible-prefix.js';

const TEXT = Array.from({ length: 2000 }, (_, i) => `line ${i * i} `).join('');
const inflate = (bytes: Uint8Array) => inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
const brotli = (bytes: Uint8Array) =>
  brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH });

it.each([
  ['zlib', deflateSync(TEXT), 0xff, inflate],
  ['brotli', brotliCompressSync(TEXT), 0, brotli],
])('damaged %s is decompressed up to the damage', (_, packed, filler, decompress) => {
  const damaged = packed.fill(filler, packed.length >> 1);
  expect(() => decompress(damaged)).toThrow();
  const counted = vi.fn(decompress);
  const content = Buffer.from(decompressPrefix(damaged, counted)).toString();
  expect(TEXT.startsWith(content.slice(0, 5000))).toBe(true);
  expect(content.length).toBeGreaterThan(5000);
  expect(counted.mock.calls.length).toBeLessThanOrEqual(Math.ceil(Math.log2(damaged.length)));
});

it('the search ends with enough output', () => {
  const decompress = vi.fn((bytes: Uint8Array) => bytes);
  expect(decompressPrefix(new Uint8Array(64), decompress, 32)).toHaveLength(32);
  expect(decompress).toHaveBeenCalledTimes(1);
});

it.each([0, 1, 9])('%i bytes that cannot be decompressed yield nothing', length => {
  expect(decompressPrefix(new Uint8Array(length).fill(1), inflate)).toHaveLength(0);
});
