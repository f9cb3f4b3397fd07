/** Bypassed flows: by engine or device, their counters, and when the engine stops assuming that the device bypasses. */
import { expect, it } from 'vitest';
import { BypassedPackets } from '../../engine/flow/bypassed-packets.js';
import { bypassFlow, CAPTURE_BYPASS, CAPTURE_BYPASS_TIMEOUT_SECONDS } from '../../engine/flow/flow-bypass.js';
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { stubThread } from '../thread-stub.js';

const FLOW = 3;
const COUNTERS = ['local_pkts', 'local_bytes', 'local_capture_pkts', 'local_capture_bytes'];

/** A TCP flow that is bypassed at second 1000. */
function bypassed(byDevice: boolean) {
  const thread = stubThread();
  const { row } = thread.flows;
  const f = FLOW * Flow.INTS;
  row[f + Flow.PROTOCOL] = 6;
  row[f + Flow.LAST_SECONDS] = 1000;
  if (byDevice) thread.services.set(CAPTURE_BYPASS, true);
  const packets = new BypassedPackets(thread);
  bypassFlow(thread, FLOW);
  return {
    get state() {
      return row[f + Flow.STATE];
    },
    get counts() {
      return COUNTERS.map(name => thread.counters.read(`flow_bypassed.${name}`));
    },
    packetAt(seconds: number) {
      row[f + Flow.LAST_SECONDS] = seconds;
      const p = thread.pool.take() * Packet.INTS;
      thread.memory.row[p + Packet.LENGTH] = 100;
      packets.mark(p, FLOW);
    },
  };
}

it('packets of a flow bypassed by the engine are counted in the flow', () => {
  const flow = bypassed(false);
  flow.packetAt(1001);
  expect(flow.state).toBe(Flow.STATE_LOCAL_BYPASSED);
  expect(flow.counts).toEqual([1, 100, 0, 0]);
});

it('a flow bypassed by the device is bypassed by the engine if packets continue to arrive', () => {
  const flow = bypassed(true);
  flow.packetAt(1000);
  flow.packetAt(1000 + CAPTURE_BYPASS_TIMEOUT_SECONDS);
  expect(flow.state).toBe(Flow.STATE_CAPTURE_BYPASSED);
  expect(flow.counts).toEqual([0, 0, 2, 200]);
  flow.packetAt(1001 + CAPTURE_BYPASS_TIMEOUT_SECONDS);
  expect(flow.state).toBe(Flow.STATE_LOCAL_BYPASSED);
  flow.packetAt(1002 + CAPTURE_BYPASS_TIMEOUT_SECONDS);
  expect(flow.counts).toEqual([1, 100, 3, 300]);
});
