import { expect, it } from 'vitest';
import * as Packet from '../../engine/packet.js';
import type { FlowStates } from '../../modules/detect/flow-states.js';
import { PacketTags } from '../../modules/detect/tags.js';
import { allocateTable, SharedTable } from '../../signatures/state/shared-table.js';
import { Tracker } from '../../signatures/state/track.js';
import { stubThread } from '../thread-stub.js';

const STATES = { find: () => undefined, of: () => ({}) } as unknown as FlowStates;

/** Tags of a thread that shares a table with others. */
function tagsOn(memory: SharedArrayBuffer) {
  const thread = stubThread();
  const hosts = { table: new SharedTable(memory), tracker: new Tracker(thread) };
  const tags = new PacketTags(thread, STATES, () => hosts);
  const packet = (source: number, destination: number) => {
    const header = new Uint8Array(20);
    header.set([10, 0, 0, source, 10, 0, 0, destination], 12);
    const batch = thread.batch([header]);
    const p = batch.slots[0]! * Packet.INTS;
    const { row } = thread.memory;
    row[p + Packet.L3] = row[p + Packet.DATA]!;
    row[p + Packet.IP_VERSION] = 4;
    return { batch, p };
  };
  return {
    tag(source: number, destination: number) {
      const { p } = packet(source, destination);
      tags.add({ kind: 'tag', scope: 'host', count: 2, unit: 'packets', direction: 'dst' }, p, -1, true);
    },
    isTagged(source: number, destination: number) {
      const { batch, p } = packet(source, destination);
      tags.packet(batch, batch.slots[0]!, -1, true);
      return (thread.memory.row[p + Packet.FLAGS]! & Packet.FLAG_TAGGED) !== 0;
    },
  };
}

it('packets of a host are tagged in whatever thread they are, as many as the rule says', () => {
  const memory = allocateTable(1 << 16);
  const [one, other] = [tagsOn(memory), tagsOn(memory)];
  expect(other.isTagged(1, 2)).toBe(false);
  one.tag(1, 2);
  expect(other.isTagged(3, 4)).toBe(false);
  expect(other.isTagged(2, 3)).toBe(true);
  expect(one.isTagged(3, 2)).toBe(true);
  expect(other.isTagged(3, 2)).toBe(false);
});
