import * as Packet from '../../packet.js';
import type { QueueHandler } from '../handler.js';

/** Packets handed to one consumer before the backlogs are looked at again: a run keeps caches warm. */
const RUN = 32;

const simple: QueueHandler = {
  summary: 'whoever is free takes the packet: a faster consumer takes more',
  ways: ['to'],
  keepsFlows: false,
  create({ memory: { row }, ways: [way], backlog }) {
    const { first, count } = way!;
    let chosen = first;
    let left = 0;
    return p => {
      // An event or an inner packet follows the packet it belongs to.
      if (row[p + Packet.PSEUDO]! === 0 && --left <= 0) {
        chosen = freest(chosen, first, count, backlog);
        left = RUN;
      }
      return chosen;
    };
  },
};

/** The consumer with the shortest queue; among equals the one behind the last. */
function freest(last: number, first: number, count: number, backlog: (consumer: number) => number): number {
  let best = -1;
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 1; i <= count; i++) {
    const consumer = first + ((last - first + i) % count);
    const waiting = backlog(consumer);
    if (waiting < shortest) {
      shortest = waiting;
      best = consumer;
    }
  }
  return best;
}
export default simple;
