import * as Packet from '../../packet.js';
import { defineQueueHandler } from '../handler.js';
import { shareOf } from '../share.js';

export default defineQueueHandler({
  summary:
    'packets with alerts and all events take the way `alerts`, all others the way `rest` unless outputs need them',
  ways: ['alerts', 'rest'],
  keepsFlows: true,
  create({ memory: { row }, ways: [alerts, rest], wantsPackets = false }) {
    return p => {
      const hasEvents =
        wantsPackets || row[p + Packet.ALERTS]! > 0 || row[p + Packet.PSEUDO]! === Packet.PSEUDO_EVENT;
      const way = hasEvents ? alerts! : rest!;
      return way.count === 0 ? -1 : way.first + shareOf(row[p + Packet.FLOW_HASH]!, way.count);
    };
  },
});
