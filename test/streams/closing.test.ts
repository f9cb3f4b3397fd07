/** The packet with which the last data is inspected in IDS mode, after a side has sent its last. */
import { expect, it } from 'vitest';
import { handshake, replay, segment } from './replay.js';

/** Two segments contain it together, neither alone. */
const RULES = ['alert tcp any any -> any 80 (flow:to_server; content:"evil"; sid:1;)'];
const HALVES = ['this is ev', 'il'] as const;
const [FIRST, HEARD] = [HALVES[0].length, HALVES.join('').length];
const packets = [
  ...handshake(),
  segment(true, 'PA', 0, 0, HALVES[0]),
  segment(true, 'PA', FIRST, 0, HALVES[1]),
];
const heard = segment(false, 'A', 0, HEARD);

it.each([
  ['the client first: with its FIN', [heard, segment(true, 'FA', HEARD, 0)], 7],
  [
    'the client first, acknowledged later: with its next packet',
    [segment(true, 'FA', HEARD, 0), segment(false, 'FA', 0, HEARD + 1), segment(true, 'A', HEARD + 1, 1)],
    8,
  ],
  [
    'the server first: when the flow ends',
    [heard, segment(false, 'FA', 0, HEARD), segment(true, 'FA', HEARD, 1), segment(false, 'A', 1, HEARD + 1)],
    undefined,
  ],
])('data is inspected if one side closes: %s', async (_, closing, number) => {
  const records = await replay({ packets: [...packets, ...closing], rules: RULES });
  expect(records.map(({ pcap_cnt }) => pcap_cnt)).toEqual([number]);
});
