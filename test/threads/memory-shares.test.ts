import { describe, expect, it } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { planSizes } from '../../engine/manager/options.js';
import { FIRST_BYTE } from '../../engine/memory.js';
import { sharesOf } from '../../engine/thread/memory-shares.js';

const MIB = 2 ** 20;
const WANTED = { poolBytes: 32 * MIB, blockSize: MIB, scratchBytes: 8 * MIB };

describe('shares of the memory of all threads', () => {
  it('are as configured while they fit', () => {
    expect(sharesOf(WANTED, 16, 256 * MIB)).toEqual(WANTED);
  });

  it.each([48, 64, 128, 256])('shrink with %d threads, and all fit below 2^31', threads => {
    const { poolBytes, blockSize, scratchBytes } = sharesOf(WANTED, threads, 256 * MIB);
    expect(poolBytes % blockSize).toBe(0);
    expect(poolBytes).toBeGreaterThanOrEqual(4 * MIB);
    expect(poolBytes).toBeLessThan(WANTED.poolBytes);
    expect(scratchBytes).toBeGreaterThanOrEqual(MIB);
    expect(FIRST_BYTE + threads * (poolBytes + scratchBytes) + 256 * MIB).toBeLessThan(2 ** 31);
  });

  it('begin at multiples of a cache line, whatever is configured', () => {
    const threading = { 'pool-memory': 4_000_001, 'block-size': 100_001, 'scratch-memory': 1_000_003 };
    const { poolBytes, blockSize, scratchBytes } = planSizes(new Config({ threading }));
    expect([poolBytes, blockSize, scratchBytes]).toEqual([4_000_000, 99_968, 1_000_000]);
  });

  it('are rejected if packets would wait forever for a free block', () => {
    expect(() => sharesOf({ ...WANTED, blockSize: 16 * MIB }, 1, 0)).toThrow(
      'threading.pool-memory is 33554432 bytes, expected at least 4 times threading.block-size (16777216)',
    );
  });

  it('are rejected if the rest is too small', () => {
    expect(() => sharesOf({ ...WANTED, poolBytes: 64 * MIB, blockSize: 16 * MIB }, 64, 1024 * MIB)).toThrow(
      /^64 threads with packet pools of at least 64 MiB and 1024 MiB of stream buffers need more than 2047 MiB: lower/,
    );
  });
});
