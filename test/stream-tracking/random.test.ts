/** Random segments: no crash, no hang, no loss, and results independent of batches. */
import { describe, expect, it } from 'vitest';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import { randomNumbers } from '../pseudo-random.js';
import { Conversation, type Step } from './conversation.js';

const FLAGS = ['S', 'SA', 'A', 'A', 'A', 'PA', 'PA', 'PA', 'PAU', 'FA', 'R', 'RA', 'F', 'FS', '', 'SRPAU'];
const NUMBERS = [-100_000, -1, 0, 1, 2, 5, 9, 13, 20, 1000, 65_536, 2 ** 31];

function segments(seed: number, count: number): Step[] {
  const next = randomNumbers(seed);
  const handshake: Step[] = [
    { from: '>', flags: 'S', seq: 0 },
    { from: '<', flags: 'SA', seq: 0, ack: 1 },
    { from: '>', flags: 'A', seq: 1, ack: 1 },
  ];
  const rest = Array.from({ length: count }, (): Step => {
    const ts = next(3) === 0 ? ([next(100), next(100)] as const) : undefined;
    return {
      from: next(2) === 0 ? '>' : '<',
      flags: FLAGS[next(FLAGS.length)]!,
      seq: NUMBERS[next(NUMBERS.length)]!,
      ack: NUMBERS[next(NUMBERS.length)]!,
      window: [0, 1, 1000, 65_535][next(4)]!,
      data: 'abcdefghijklmnop'.slice(0, next(12)),
      urgent: next(6),
      options: {
        ts,
        fastOpen: next(20) === 0 ? 'cookie' : undefined,
        scale: next(10) === 0 ? next(15) : undefined,
      },
    };
  });
  return next(4) === 0 ? rest : [...handshake, ...rest];
}

const POLICIES = ['bsd', 'linux', 'solaris', 'hpux11', 'windows', 'linux-6'];

function settings(seed: number): object {
  const next = randomNumbers(seed * 7 + 1);
  const choose = (...words: string[]) => words[next(words.length)]!;
  return {
    'engine-mode': choose('ids', 'ips'),
    'host-os-policy': { [POLICIES[next(POLICIES.length)]!]: ['0.0.0.0/0'] },
    stream: {
      midstream: choose('yes', 'no'),
      'midstream-policy': 'ignore',
      'async-oneside': choose('yes', 'no'),
      reassembly: { urgent: { policy: choose('oob', 'inline', 'gap', 'drop') } },
    },
  };
}

function run(seed: number, batchSize: number) {
  const conversation = new Conversation({ config: settings(seed) as Record<string, unknown>, seed: 1 });
  const all = segments(seed, 60);
  const outcomes = [];
  for (let i = 0; i < all.length; i += batchSize)
    outcomes.push(...conversation.feedAll(all.slice(i, i + batchSize)));
  conversation.end();
  return { conversation, outcomes };
}

describe('random conversations', () => {
  it.each(Array.from({ length: 60 }, (_, i) => [i]))(
    'seed %i gives the same results in batches of 1 and 64 packets',
    seed => {
      const one = run(seed, 1);
      const many = run(seed, 64);
      const summaryOf = ({ conversation, outcomes }: ReturnType<typeof run>) => ({
        events: outcomes.map(o => o.events),
        dropped: outcomes.map(o => o.dropped),
        records: [...conversation.records].sort(),
        streams: [...conversation.byStream].sort(([a], [b]) => (a < b ? -1 : 1)),
      });
      expect(summaryOf(many)).toEqual(summaryOf(one));
      for (const { conversation } of [one, many]) {
        expect(conversation.thread.pool.idle).toBe(true);
        expect(conversation.counter('flow.active')).toBe(0);
        expect(conversation.counter('tcp.active_sessions')).toBe(0);
        expect(conversation.counter('tcp.memuse')).toBe(0);
        const reassembler = conversation.thread.services.get('stream-control') as { bytesHeld: number };
        expect(reassembler.bytesHeld).toBe(0);
        expect(rowsInUse(conversation)).toBe(0);
      }
    },
  );
});

function rowsInUse(conversation: Conversation): number {
  const { row, capacity } = conversation.thread.flows;
  let used = 0;
  for (let flow = 0; flow < capacity; flow++)
    if (row[flow * FlowRecord.INTS + FlowRecord.STATE] !== 0) used++;
  return used;
}
