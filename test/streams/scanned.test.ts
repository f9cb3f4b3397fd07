/** S6: each byte is scanned once, whatever the window of signatures. */
import { describe, expect, it } from 'vitest';
import { handshake, replay, segment } from './replay.js';

const LENGTH = 60_000;
/** Text without any of the patterns except the first byte of each, repeated. */
const text = Array.from({ length: LENGTH }, (_, i) => 'abcdefgh'[(i * i) % 8]).join('');

/** A conversation whose client sends `text` in segments of `size` bytes, sometimes out of order. */
function conversation(size: number): Uint8Array[] {
  const packets = handshake();
  for (let at = 0; at < LENGTH; at += 2 * size) {
    const two = [at, at + size].filter(start => start < LENGTH);
    if (at % (10 * size) === 0) two.reverse();
    for (const start of two)
      packets.push(segment(true, 'PA', start, 0, text.slice(start, Math.min(LENGTH, start + size))));
    packets.push(segment(false, 'A', 0, Math.min(LENGTH, at + 2 * size)));
  }
  return packets;
}

/** Signatures that need `window` bytes at once. */
const rules = (window: number) =>
  Array.from({ length: 20 }, (_, i) => {
    const second = window > 0 ? ` content:"never${i}"; within:${window};` : '';
    return `alert tcp any any -> any 80 (content:"pattern-${i}";${second} sid:${i + 1};)`;
  });

describe.each([
  ['inline', ['--simulate-ips']],
  ['IDS mode', []],
])('S6: bytes scanned, %s', (_, words) => {
  it.each([
    [0, 1460],
    [256, 1460],
    [4096, 1460],
    [4096, 100],
    [32_768, 500],
  ])('with a window of %d and segments of %d stay below 1.1 times the payload', async (window, size) => {
    const packets = conversation(size);
    const given = { packets, rules: rules(window), types: '[stats]', words };
    const { detect } = (await replay(given)).at(-1)!['stats'];
    expect(detect.scanned_bytes / LENGTH).toBeGreaterThanOrEqual(1);
    expect(detect.scanned_bytes / LENGTH).toBeLessThan(1.1);
  });
});
