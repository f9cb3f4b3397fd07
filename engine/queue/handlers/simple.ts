import * as Packet from '../../packet.js';
import { defineQueueHandler } from '../handler.js';

/** Packets passed to one consumer before backlogs are checked again: runs keep caches warm. */
const RUN_LENGTH = 32;

export default defineQueueHandler({
  summary: 'any free consumer takes the packet: a faster consumer takes more',
  ways: ['to'],
  keepsFlows: false,
  create({ memory: { row }, ways: [way], freeSlots }) {
    const { first, count } = way!;
    let chosen = first;
    let left = 0;
    return p => {
      // An event or an inner packet follows the packet it belongs to.
      if (row[p + Packet.PSEUDO]! === 0 && --left <= 0) {
        chosen = leastLoaded(chosen, first, count, freeSlots);
        left = Math.min(RUN_LENGTH, freeSlots(chosen));
      }
      return chosen;
    };
  },
});

/** The consumer with the most room in its queue; among equals the one after the last. */
function leastLoaded(
  last: number,
  first: number,
  count: number,
  freeSlots: (consumer: number) => number,
): number {
  let best = first;
  let largest = -1;
  for (let i = 1; i <= count; i++) {
    const consumer = first + ((last - first + i) % count);
    const free = freeSlots(consumer);
    if (free > largest) {
      largest = free;
      best = consumer;
    }
  }
  return best;
}
