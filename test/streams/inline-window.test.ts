/** Inline, a packet is inspected with the chunk before it: what matched there matches again. */
import { expect, it } from 'vitest';
import { conversation, replay, type Turn } from './replay.js';

const SAID: Turn[] = [
  [true, 'needle'],
  [true, 'x'.repeat(1000)],
  [false, 'needles'],
  [true, 'x'.repeat(1000)],
  [true, 'x'.repeat(1000)],
];
const rules = ['alert tcp any any -> any any (flow:to_server; content:"needle"; sid:1;)'];

it.each([
  ['each packet whose chunk contains the pattern', ['--simulate-ips'], [4, 6, 10]],
  [
    'packets of a small chunk',
    ['--simulate-ips', '--set', 'stream.reassembly.toserver-chunk-size=1006'],
    // A third of the packet precedes it.
    [4, 6],
  ],
  ['no second packet in IDS mode: here with the end of the flow', [], [undefined]],
])('matches with %s', async (_, words, numbers) => {
  const records = await replay({ packets: conversation(SAID), rules, words });
  expect(records.map(({ pcap_cnt }) => pcap_cnt)).toEqual(numbers);
});
