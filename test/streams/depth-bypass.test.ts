/** `stream.bypass`: the flow is bypassed when the first side reaches the reassembly depth. */
import { expect, test } from 'vitest';
import { handshake, replay, segment } from './replay.js';

const PACKETS = [
  ...handshake(),
  segment(true, 'PA', 0, 0, 'a question'),
  segment(false, 'PA', 0, 10, 'x'.repeat(60)),
  segment(false, 'PA', 60, 10, 'x'.repeat(60)),
  segment(true, 'A', 10, 120),
  segment(true, 'PA', 10, 120, 'another'),
];

test.each([
  ['100', 2],
  ['119', 2],
  ['120', 0],
  ['50', 3],
])('with a depth of %s, %i packets are bypassed', async (depth, packets) => {
  const words = ['--set', 'stream.bypass=yes', '--set', `stream.reassembly.depth=${depth}`];
  const records = await replay({ packets: PACKETS, words, types: '[flow, stats]' });
  const stats = records.find(({ event_type }) => event_type === 'stats')!;
  expect(stats.stats.flow_bypassed.local_pkts).toBe(packets);
  const { flow } = records.find(({ event_type }) => event_type === 'flow')!;
  if (packets > 0) expect(flow).toMatchObject({ state: 'bypassed', bypass: 'local' });
  else expect(flow.bypass).toBeUndefined();
});
