import { describe, expect, it } from 'vitest';
import { SequenceRanges } from '../../modules/detect/sequence-ranges.js';

const CLIENT = true;
const SERVER = false;

describe('highest sequence number seen', () => {
  it('counts from the initial sequence number, including the SYN', () => {
    const seen = new SequenceRanges({ capacity: 4 });
    expect([seen.size(2, CLIENT), seen.initial(2, CLIENT)]).toEqual([0, 0]);
    seen.note(2, CLIENT, 1000, 0, true);
    expect([seen.size(2, CLIENT), seen.initial(2, CLIENT)]).toEqual([1, 1000]);
    seen.note(2, CLIENT, 1001, 500, false);
    expect(seen.size(2, CLIENT)).toBe(501);
    // Retransmitted, out of order, and before the beginning: the highest one is kept.
    seen.note(2, CLIENT, 1001, 100, false);
    seen.note(2, CLIENT, 900, 10, false);
    expect(seen.size(2, CLIENT)).toBe(501);
  });

  it('counts from the first byte of a midstream session', () => {
    const seen = new SequenceRanges({ capacity: 1 });
    seen.note(0, SERVER, 5000, 100, false);
    expect([seen.size(0, SERVER), seen.initial(0, SERVER)]).toEqual([101, 4999]);
  });

  it('continues when sequence numbers wrap around', () => {
    const seen = new SequenceRanges({ capacity: 1 });
    seen.note(0, CLIENT, 2 ** 32 - 1, 0, true);
    seen.note(0, CLIENT, 0, 20, false);
    expect([seen.size(0, CLIENT), seen.initial(0, CLIENT)]).toEqual([21, -1]);
  });

  it('gives sizes up to 4 GiB, and the maximum for longer streams', () => {
    const seen = new SequenceRanges({ capacity: 1 });
    const gibi = 2 ** 30;
    seen.note(0, CLIENT, 100, 0, true);
    const sizes = [1, 2, 3, 4, 5].map(count => {
      seen.note(0, CLIENT, (101 + count * gibi) >>> 0, 0, false);
      return seen.size(0, CLIENT);
    });
    const most = 2 ** 32 - 2;
    expect(sizes).toEqual([gibi + 1, 2 * gibi + 1, 3 * gibi + 1, most, most]);
  });

  it('is separate for directions and flows, and reset when a flow ends', () => {
    const seen = new SequenceRanges({ capacity: 3 });
    seen.note(1, CLIENT, 10, 5, true);
    seen.note(1, SERVER, 20, 7, true);
    seen.note(2, CLIENT, 30, 9, true);
    seen.forget(1);
    expect([seen.size(1, CLIENT), seen.size(1, SERVER), seen.size(2, CLIENT)]).toEqual([0, 0, 10]);
    expect([seen.initial(1, CLIENT), seen.initial(1, SERVER)]).toEqual([0, 0]);
  });
});
