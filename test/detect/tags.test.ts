import { describe, expect, it, test } from 'vitest';
import * as Packet from '../../engine/packet.js';
import type { FlowStates } from '../../modules/detect/flow-states.js';
import { PacketTags } from '../../modules/detect/tags.js';
import { allocateTable, SharedTable } from '../../signatures/state/shared-table.js';
import { Tracker } from '../../signatures/state/track.js';
import { stubThread } from '../thread-stub.js';
import { sensorFor, udp } from './sensor.js';

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

it('packets of a tagged host are tagged in every thread, as many as the rule says', () => {
  const memory = allocateTable(1 << 16);
  const [one, other] = [tagsOn(memory), tagsOn(memory)];
  expect(other.isTagged(1, 2)).toBe(false);
  one.tag(1, 2);
  expect(other.isTagged(3, 4)).toBe(false);
  expect(other.isTagged(2, 3)).toBe(true);
  expect(one.isTagged(3, 2)).toBe(true);
  expect(other.isTagged(3, 2)).toBe(false);
});

describe('a tag takes effect depending on the threshold of the rule:', () => {
  /** Which of seven matching packets are tagged, or reported in an alert with a tag. */
  async function tagged(threshold: string): Promise<number[]> {
    const sensor = await sensorFor(
      `alert udp any any -> any any (content:"x"; tag:session,2,packets; ${threshold} sid:1;)`,
    );
    const seven = Array.from({ length: 7 }, () => udp('x', { flow: 1, seconds: 1 }));
    const marked: number[] = [];
    let slots: readonly number[] = [];
    seven[0] = udp('x', { flow: 1, seconds: 1, withSlots: all => (slots = all) });
    sensor.run(seven);
    slots.forEach((slot, i) => {
      if ((sensor.thread.field(slot, Packet.FLAGS) & Packet.FLAG_TAGGED) !== 0) marked.push(i + 1);
    });
    return marked;
  }

  test.each([
    [
      'type threshold: not before the fourth match',
      'threshold:type threshold, track by_src, count 4, seconds 60;',
      [4, 5],
    ],
    [
      'detection_filter: not up to the third match',
      'detection_filter:track by_src, count 3, seconds 60;',
      [4, 5, 6, 7],
    ],
    [
      'type limit: with every match, since other actions still apply',
      'threshold:type limit, track by_src, count 1, seconds 60;',
      [1, 2, 3, 4, 5, 6, 7],
    ],
    ['no threshold: with every match', '', [1, 2, 3, 4, 5, 6, 7]],
  ])('%s', async (_, threshold, packets) => {
    expect(await tagged(threshold)).toEqual(packets);
  });
});
