import { expect, it } from 'vitest';
import { FlowView } from '../../engine/detection/flow-view.js';
import { PacketView } from '../../engine/detection/packet-view.js';
import type { ViewContext } from '../../engine/detection/view-context.js';
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { stubThread } from '../thread-stub.js';

const [HERE, ELSEWHERE] = [1, 0];

/** A packet of a flow whose record already counts the three packets behind it in its batch. */
function viewOf(flow: number): FlowView {
  const { memory, flows, pool } = stubThread({ slots: 4 });
  const slot = pool.take();
  const p = slot * Packet.INTS;
  memory.row.set([100, 500_000_000], p + Packet.SECONDS);
  memory.row.set([2, 1], p + Packet.FLOW_PACKETS_TO_SERVER);
  memory.row[p + Packet.FLOW] = HERE;
  memory.row[p + Packet.FLOW_STATE] = Packet.FLOW_APPLICATION_STORED;
  memory.row64.set([200, 100], slot * Packet.DOUBLES + Packet.FLOW_BYTES_TO_SERVER);
  for (const f of [HERE, ELSEWHERE]) {
    flows.row.set([109, 0], f * Flow.INTS + Flow.LAST_SECONDS);
    flows.row.set([4, 2], f * Flow.INTS + Flow.PACKETS_TO_SERVER);
    flows.row[f * Flow.INTS + Flow.APP_PROTOCOL] = 1;
    flows.row64.set([400, 200], f * Flow.DOUBLES + Flow.BYTES_TO_SERVER);
  }
  const packet = new PacketView(memory);
  packet.slot = slot;
  const applicationName = (number: number) => ['unknown', 'http'][number];
  return new FlowView({ memory, flows, packet, applicationName } as unknown as ViewContext, flow);
}

const seen = (view: FlowView) => [
  ...[view.packetsToServer, view.packetsToClient, view.bytesToServer, view.bytesToClient],
  ...[view.lastSeen, view.application],
];

it('a flow is shown as of the current packet, without later packets of the batch', () => {
  expect(seen(viewOf(HERE))).toEqual([2, 1, 200, 100, 100.5, 'unknown']);
});

it('another flow is shown as in its record', () => {
  expect(seen(viewOf(ELSEWHERE))).toEqual([4, 2, 400, 200, 109, 'http']);
});
