/** Effect of each exception policy on the packet that raised the exception, and on its flow. */
import { describe, expect, it } from 'vitest';
import { ExceptionPolicy } from '../../engine/exception-policy/applying.js';
import { TARGETS } from '../../engine/exception-policy.js';
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { REASON_STREAM_MEMCAP } from '../../engine/verdict.js';
import { type StubThread, stubThread } from '../thread-stub.js';

const FLOW = 3;
const TARGET = TARGETS.streamMemcap;

/** Applies the policy to one packet. @param flags of its flow before */
function applied(mode: string, policy: string, flow: number, flags = 0, stats = true) {
  const thread = stubThread({
    flows: 8,
    config: {
      'engine-mode': mode,
      stream: { 'memcap-policy': policy },
      stats: { 'exception-policy': { 'global-stats': stats } },
    },
  });
  thread.flows.row[FLOW * Flow.INTS + Flow.FLAGS] = flags;
  const slot = thread.pool.take();
  thread.memory.row[slot * Packet.INTS + Packet.FLOW_STATE] = Packet.FLOW_TO_SERVER;
  new ExceptionPolicy(thread, TARGET, REASON_STREAM_MEMCAP).apply(slot, flow);
  return { thread, slot };
}

function packetOf({ thread, slot }: { thread: StubThread; slot: number }) {
  return {
    verdict: thread.field(slot, Packet.VERDICT),
    reason: thread.field(slot, Packet.REASON),
    inspected: (thread.field(slot, Packet.FLAGS) & Packet.FLAG_NO_INSPECTION) === 0,
  };
}

const flowOf = ({ thread }: { thread: StubThread }) => ({
  flags: thread.flows.row[FLOW * Flow.INTS + Flow.FLAGS]!,
  exceptions: thread.flows.row[FLOW * Flow.INTS + Flow.EXCEPTIONS]!,
});

const SEEN = { verdict: Packet.VERDICT_NONE, reason: 0, inspected: true };
const UNSEEN = { ...SEEN, inspected: false };
const judged = (verdict: number) => ({ verdict, reason: REASON_STREAM_MEMCAP, inspected: false });
const { FLAG_DROPPED, FLAG_PASSED, FLAG_BYPASSED, RESET_CLIENT, RESET_SERVER } = Flow;

const TABLE: [mode: string, policy: string, packet: typeof SEEN, flow: number][] = [
  ['ips', 'ignore', SEEN, 0],
  ['ips', 'auto', judged(Packet.VERDICT_DROP), FLAG_DROPPED],
  ['ips', 'drop-flow', judged(Packet.VERDICT_DROP), FLAG_DROPPED],
  ['ips', 'drop-packet', judged(Packet.VERDICT_DROP), 0],
  ['ips', 'reject', judged(Packet.VERDICT_REJECT), FLAG_DROPPED | RESET_CLIENT],
  ['ips', 'reject-both', judged(Packet.VERDICT_REJECT_BOTH), FLAG_DROPPED | RESET_CLIENT | RESET_SERVER],
  ['ips', 'pass-flow', UNSEEN, FLAG_PASSED],
  ['ips', 'pass-packet', UNSEEN, 0],
  ['ips', 'bypass', UNSEEN, FLAG_BYPASSED],
  ['ids', 'auto', SEEN, 0],
  ['ids', 'drop-flow', SEEN, 0],
  ['ids', 'reject', SEEN, 0],
  ['ids', 'reject-both', SEEN, 0],
  ['ids', 'pass-flow', UNSEEN, FLAG_PASSED],
];

describe('an exception policy', () => {
  it.each(TABLE)('%s, %s: a packet with a flow', (mode, policy, packet, flags) => {
    const outcome = applied(mode, policy, FLOW);
    expect(packetOf(outcome)).toEqual(packet);
    expect(flowOf(outcome)).toEqual({ flags, exceptions: 1 });
  });

  it.each(TABLE)('%s, %s: a packet without a flow', (mode, policy, packet) => {
    const outcome = applied(mode, policy, -1);
    expect(packetOf(outcome)).toEqual(packet);
    expect([...outcome.thread.flows.row].every(value => value === 0)).toBe(true);
  });

  it.each(['drop-flow', 'drop-packet', 'reject', 'bypass'])(
    '%s does not change a flow that is passed',
    policy => {
      const outcome = applied('ips', policy, FLOW, FLAG_PASSED);
      expect(packetOf(outcome)).toEqual(SEEN);
      expect(flowOf(outcome)).toEqual({ flags: FLAG_PASSED, exceptions: 0 });
    },
  );

  it.each([true, false])('is counted if configured: %s', stats => {
    const { thread } = applied('ips', 'drop-packet', FLOW, 0, stats);
    expect(thread.counters.nonZero()).toEqual(
      stats ? { [`exception_policy.${TARGET.counter}.drop_packet`]: 1 } : {},
    );
  });
});
