/**
 * Inline, data behind a gap is inspected with its own packet, together with the data directly before it; it can match
 * again later.
 */
import { describe, expect, it } from 'vitest';
import { handshake, type Replay, replay, segment } from './replay.js';

const INLINE = ['--simulate-ips'];

const rule = (action: string, content: string, sid = 1) =>
  `${action} tcp any any -> any any (content:"${content}"; sid:${sid};)`;

/** Signature and number of the packet (`null`: a pseudo packet). */
async function alerts(given: Replay) {
  const records = await replay({ words: INLINE, ...given });
  return records
    .filter(({ event_type }) => event_type === 'alert')
    .map(({ alert, pcap_cnt }) => [alert.signature_id, pcap_cnt ?? null]);
}

const client = (seq: number, data: string) => segment(true, 'PA', seq, 0, data);
/** Packets 4, 5 and 6: the second and the third part of "one two three", then the first. */
const parts = [client(4, 'two '), client(8, 'three'), client(0, 'one ')];

describe('inline, data behind a gap', () => {
  it.each(['single', 'workers', 'autofp', 'pipeline'])(
    'matches with its packet, on its own and with the data before it: %s',
    async profile => {
      const packets = [...handshake(), ...parts];
      const rules = [rule('alert', 'two'), rule('alert', 'o three', 2), rule('alert', 'one two', 3)];
      expect((await alerts({ packets, rules, profile })).sort()).toEqual([
        ...[
          [1, 4],
          [1, 5],
          [1, 6],
        ],
        ...[
          [2, 5],
          [2, 6],
        ],
        [3, 6],
      ]);
    },
  );

  it('is independent of data behind another gap', async () => {
    const packets = [...handshake(), client(4, 'tw'), client(10, 'o '), client(12, 'three')];
    const rules = [rule('alert', 'two'), rule('alert', 'o three', 2)];
    expect(await alerts({ packets, rules })).toEqual([[2, 6]]);
  });

  it('does not match again if the gap stays', async () => {
    const packets = [...handshake(), ...parts.slice(0, 2), segment(false, 'RA', 0, 0)];
    expect(await alerts({ packets, rules: [rule('alert', 'two three')] })).toEqual([[1, 5]]);
  });

  it.each([0, 60, 200])('is inspected further after the gap is filled, %d bytes behind it', async more => {
    const filler = '.'.repeat(more);
    const packets = [
      ...[...handshake(), client(4, `two ${filler}`), client(8 + more, 'three'), client(0, 'one ')],
      ...[client(13 + more, ' four'), client(18 + more, ' five')],
    ];
    const rules = [
      rule('alert', `one two ${filler}three f`),
      rule('alert', 'three four five', 2),
      rule('alert', 'ne tw', 3),
    ];
    expect((await alerts({ packets, rules })).sort()).toEqual([
      ...[
        [1, 7],
        [1, 8],
      ],
      [2, 8],
      ...[
        [3, 6],
        [3, 7],
        [3, 8],
      ],
    ]);
  });

  it('is dropped', async () => {
    const packets = [...handshake(), ...parts];
    const records = await replay({
      packets,
      rules: [rule('drop', 'two three')],
      types: '[drop]',
      words: INLINE,
    });
    const dropped = records.filter(({ event_type }) => event_type === 'drop').map(({ pcap_cnt }) => pcap_cnt);
    expect(dropped[0]).toBe(5);
  });

  it('waits in IDS mode', async () => {
    const packets = [...handshake(), ...parts.slice(0, 2), segment(false, 'A', 0, 0)];
    expect(await alerts({ packets, rules: [rule('alert', 'two three')], words: [] })).toEqual([[1, null]]);
  });
});
