import { describe, expect, it } from 'vitest';
import { BlockBuffer } from '../../engine/files/block-buffer.js';

const TEXT = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));

function kept(length: number): BlockBuffer {
  const bytes = new BlockBuffer();
  for (let at = 0; at < TEXT.length; at += length) bytes.append(TEXT.subarray(at, at + length));
  return bytes;
}

describe('bytes that are kept', () => {
  it.each([1, 7, 1000, 65_536, 100_000, 300_000])('are the same in pieces of %i, in few blocks', length => {
    const { parts, length: all } = kept(length);
    expect(all).toBe(TEXT.length);
    expect(Buffer.concat(parts).equals(TEXT)).toBe(true);
    expect(parts.length).toBeLessThan(25);
    const room = parts.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
    expect(room).toBeLessThanOrEqual(TEXT.length + Math.max(length, 65_536));
  });

  it('take no more memory than a single piece', () => {
    const bytes = new BlockBuffer();
    expect(bytes.parts).toEqual([]);
    bytes.append(TEXT.subarray(0, 1234));
    bytes.append(new Uint8Array(0));
    expect(bytes.parts.map(({ buffer }) => buffer.byteLength)).toEqual([1234]);
  });

  it('are copies', () => {
    const bytes = new BlockBuffer();
    const piece = Uint8Array.of(1, 2);
    bytes.append(piece);
    piece.fill(9);
    expect([...bytes.parts[0]!]).toEqual([1, 2]);
  });
});
