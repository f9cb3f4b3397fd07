import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Allocation } from './allocation.js';

/** In bytes; exceeded by one more small object per packet. */
const MOST_BYTES = 48;

describe('decode, flow, stream and detect over whole TCP conversations', () => {
  let allocation: Allocation;

  beforeAll(() => {
    const flags = ['--expose-gc', '--max-semi-space-size=64'];
    const output = execFileSync(process.execPath, [...flags, 'dist/test/bench/allocation.js']);
    allocation = JSON.parse(output.toString()) as Allocation;
  });

  it('allocate almost nothing per packet', () => {
    expect(allocation.bytesPerPacket).toBeLessThan(MOST_BYTES);
    // A negative growth means that garbage was collected meanwhile, and the number is meaningless.
    expect(allocation.bytesPerPacket).toBeGreaterThanOrEqual(0);
  });

  it('search all packets of a batch in one native call', ({ skip }) => {
    if (allocation.scans === undefined) skip('the addon is not built');
    expect(allocation.scans).toBeLessThanOrEqual(allocation.batches);
    expect(allocation.scans).toBeGreaterThan(allocation.batches / 2);
  });
});
