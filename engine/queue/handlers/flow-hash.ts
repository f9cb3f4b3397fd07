import * as Packet from '../../packet.js';
import { defineQueueHandler } from '../handler.js';
import { shareOf } from '../share.js';

export default defineQueueHandler({
  summary: 'both directions of a flow always go to the same consumer',
  ways: ['to'],
  keepsFlows: true,
  create({ memory: { row }, ways: [way] }) {
    const { first, count } = way!;
    return p => first + shareOf(row[p + Packet.FLOW_HASH]!, count);
  },
});
