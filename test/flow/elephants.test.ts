import { describe, expect, it } from 'vitest';
import type { Batch } from '../../engine/batch.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import flow from '../../modules/flow.js';
import { ethernet, ipv4, packet, udp } from '../packets/builder.js';
import { stubThread } from '../thread-stub.js';
import { decodeAll } from './decoded.js';

const CLIENT = '10.0.0.1';
const SERVER = '10.0.0.2';
/** 100 bytes with headers. */
const SIZE = 100;
const filling = 'x'.repeat(SIZE - 14 - 20 - 8);
const there = packet(
  ethernet(),
  ipv4({ source: CLIENT, destination: SERVER }),
  udp({ sport: 9, dport: 53 }),
  filling,
);
const back = packet(
  ethernet(),
  ipv4({ source: SERVER, destination: CLIENT }),
  udp({ sport: 53, dport: 9 }),
  filling,
);

/** Feeds packets, each with its second. @returns the counter, and whether the flow is marked */
function run(rate: object, packets: readonly (readonly [Uint8Array, number])[]) {
  const thread = stubThread({ config: { flow: { 'rate-tracking': rate } as never } });
  const module = flow.create(thread) as { process(batch: Batch): void };
  for (const [data, second] of packets) {
    module.process(decodeAll(thread, thread.batch([data], { time: 1_700_000_000 + second })));
  }
  const marked = (thread.flows.row[FlowRecord.FLAGS]! & FlowRecord.FLAG_ELEPHANT) !== 0;
  return { marked, counted: thread.counters.read('flow.elephant') };
}

describe('elephant flows', () => {
  const rate = { bytes: 300, interval: 10 };
  it.each<[string, readonly (readonly [Uint8Array, number])[], boolean]>([
    ['fewer bytes than the limit', [there, there].map(each => [each, 0]), false],
    ['exactly as many', [there, there, there].map(each => [each, 0]), true],
    ['within the interval', [0, 5, 9].map(second => [there, second]), true],
    ['over a longer time', [0, 5, 10].map(second => [there, second]), false],
    ['after a pause', [0, 5, 25, 26, 27].map(second => [there, second]), true],
    ["the server's packets alone", [[there, 0], ...[1, 2, 3].map(second => [back, second] as const)], true],
    [
      'both directions are not added up',
      [
        [there, 0],
        [there, 1],
        [back, 2],
        [back, 3],
      ],
      false,
    ],
  ])('%s', (_, packets, elephant) => {
    expect(run(rate, packets)).toEqual({ marked: elephant, counted: elephant ? 1 : 0 });
  });

  it.each([
    [119, true],
    [120, false],
  ])('an interval of minutes is counted in slices (%i seconds)', (last, elephant) => {
    const packets = [0, 25, 50, 75, 100, last].map(second => [there, second] as const);
    expect(run({ bytes: 600, interval: '2m' }, packets).marked).toBe(elephant);
  });

  it('keep their counts when client and server are swapped', () => {
    const thread = stubThread({ config: { flow: { 'rate-tracking': rate } as never } });
    const module = flow.create(thread) as { process(batch: Batch): void };
    const feed = (data: Uint8Array) => {
      const batch = decodeAll(thread, thread.batch([data], { time: 1_700_000_000 }));
      module.process(batch);
      return batch;
    };
    feed(there);
    const batch = feed(there);
    (thread.services.get('flow-table') as { swap(b: Batch, i: number): void }).swap(batch, 0);
    feed(back);
    expect(thread.counters.read('flow.elephant')).toBe(0);
    feed(there);
    expect(thread.counters.read('flow.elephant')).toBe(1);
  });

  it('are counted once', () => {
    const packets = [0, 0, 0, 0, 0, 0, 0].map(second => [there, second] as const);
    expect(run(rate, packets).counted).toBe(1);
  });

  it('are not detected without the option', () => {
    expect(run({}, [[there, 0]]).marked).toBe(false);
  });
});
