import { expect, it } from 'vitest';
import { Batch } from '../../engine/batch.js';
import { EVENT_FLOW, EVENT_NETFLOW } from '../../engine/event.js';
import { bypassFlow } from '../../engine/flow/flow-bypass.js';
import type { ThreadModule } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import flow from '../../modules/flow.js';
import flowLog from '../../modules/flow-log.js';
import { ethernet, ipv4, packet, udp } from '../packets/builder.js';
import { type StubOptions, type StubThread, stubThread } from '../thread-stub.js';
import { decodeAll } from './decoded.js';

/** @param between what modules find in the packets with which flows end */
function run(
  options: StubOptions,
  between: (thread: StubThread) => void = () => {},
): { thread: StubThread; batch: Batch } {
  const thread = stubThread(options);
  const modules = [flow, flowLog].map(module => module.create(thread) as ThreadModule);
  const first = decodeAll(thread, thread.batch([packet(ethernet(), ipv4(), udp(), 'x')]));
  modules[0]!.process(first);
  thread.releaseBatch(first);
  const batch = new Batch();
  modules[0]!.end!(batch);
  between(thread);
  modules[1]!.process(batch);
  return { thread, batch };
}

const kinds = (thread: StubThread, batch: Batch) =>
  [...batch.slots.subarray(0, batch.length)].map(slot => thread.field(slot, Packet.EVENT_KIND));

it('inserts an event behind the end of a flow, which is kept until the event is released', () => {
  const { thread, batch } = run({});
  expect(kinds(thread, batch)).toEqual([0, EVENT_FLOW]);
  const [end, event] = batch.slots;
  expect(thread.field(event!, Packet.ROOT)).toBe(end);
  thread.release([end!]);
  expect(thread.pool.idle).toBe(false);
  thread.release([event!]);
  expect(thread.pool.idle).toBe(true);
});

it('creates no event that is not wanted', () => {
  const quiet = run({ wants: [] });
  expect(kinds(quiet.thread, quiet.batch)).toEqual([0]);
  const netflow = run({ wants: [EVENT_NETFLOW] });
  expect(kinds(netflow.thread, netflow.batch)).toEqual([0, EVENT_NETFLOW]);
});

it.each([
  ['has a record', {}],
  ['has no flow record', { wants: [] }],
])('a flow that %s is counted by the state in which it ended', (_, options) => {
  const { thread } = run(options);
  expect(thread.counters.nonZero()).toMatchObject({ 'flow.end.state.new': 1 });
  const bypassed = run(options, stub => bypassFlow(stub as never, 0)).thread.counters.nonZero();
  expect(bypassed).toMatchObject({ 'flow.end.state.local_bypassed': 1 });
  expect(bypassed).not.toHaveProperty('flow.end.state.new');
});
