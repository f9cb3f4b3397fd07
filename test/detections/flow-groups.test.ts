import { expect, test } from 'vitest';
import * as Flow from '../../engine/flow/flow-record.js';
import { FlowGroups } from '../../modules/detections/flow-groups.js';
import type { LoadedDetection } from '../../modules/detections/loaded-detection.js';
import { stubThread } from '../thread-stub.js';

test('after any number of reloads, a flow keeps its first detections, and new flows get the current ones', () => {
  const { flows } = stubThread({ slots: 1 });
  const groups = new FlowGroups(flows);
  const detection = (name: string, port: number) =>
    ({
      name,
      definition: { onPacket: () => undefined },
      fit: ({ row }: typeof flows, flow: number) => row[flow * Flow.INTS + Flow.SERVER_PORT] === port,
    }) as unknown as LoadedDetection;
  const names = (flow: number) => groups.of(flow).packets.map(({ name }) => name);
  [1, 2, 3].forEach(flow => {
    flows.row[flow * Flow.INTS + Flow.SERVER_PORT] = flow;
  });
  groups.use([detection('old', 1)]);
  groups.begin(1);
  // Two groups per reload: more than there are numbers.
  for (let i = 0; i < 33_000; i++) {
    groups.use([detection(`new ${i}`, 2)]);
    groups.begin(2);
    groups.begin(3);
    expect(names(2)).toEqual([`new ${i}`]);
    groups.release(2);
    groups.release(3);
  }
  expect([names(1), names(2)]).toEqual([['old'], []]);
});
