import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Allocation } from './allocation.js';

/** Bytes; one small object for each packet more, and it is exceeded. */
const MOST_BYTES = 48;

describe('decode, flow, stream and detect over whole TCP conversations', () => {
  let allocation: Allocation;

  beforeAll(() => {
    const flags = ['--expose-gc', '--max-semi-space-size=64'];
    const output = execFileSync(process.execPath, [...flags, 'dist/test/bench/allocation.js']);
    allocation = JSON.parse(output.toString()) as Allocation;
  });

  it('allocate next to nothing for a packet', () => {
    expect(allocation.bytesPerPacket).toBeLessThan(MOST_BYTES);
    // Less than nothing: something was collected meanwhile, and the number would mean nothing.
    expect(allocation.bytesPerPacket).toBeGreaterThanOrEqual(0);
  });

  it('search all packets of a batch in one native call', ({ skip }) => {
    if (allocation.scans === undefined) skip('the addon is not built');
    expect(allocation.scans).toBeLessThanOrEqual(allocation.batches);
    expect(allocation.scans).toBeGreaterThan(allocation.batches / 2);
  });
});
