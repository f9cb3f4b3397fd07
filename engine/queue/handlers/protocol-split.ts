import * as Packet from '../../packet.js';
import { defineQueueHandler, type HandlerLink } from '../handler.js';
import { shareOf } from '../share.js';

const UDP = 17;
const TCP = 6;

export default defineQueueHandler({
  summary:
    'IPv4 and IPv6, or TCP and UDP, go to different threads; everything without a way of its own takes `other`',
  ways: ['tcp', 'udp', 'ipv4', 'ipv6', 'other'],
  optional: ['tcp', 'udp', 'ipv4', 'ipv6'],
  keepsFlows: true,
  create(link) {
    const { row } = link.memory;
    const [tcp, udp, ipv4, ipv6, other] = link.ways.map((_, i) => withinWay(link, i));
    return p => {
      const protocol = row[p + Packet.PROTOCOL]!;
      if (protocol === TCP && tcp) return tcp(p);
      if (protocol === UDP && udp) return udp(p);
      const version = row[p + Packet.IP_VERSION]!;
      if (version === 4 && ipv4) return ipv4(p);
      if (version === 6 && ipv6) return ipv6(p);
      return other!(p);
    };
  },
});

/** Within an output, flows stay together. `undefined` for an output that is not configured. */
function withinWay(
  { memory: { row }, ways }: HandlerLink,
  index: number,
): ((p: number) => number) | undefined {
  const way = ways[index];
  if (!way) return undefined;
  if (way.count === 0) return () => -1;
  return p => way.first + shareOf(row[p + Packet.FLOW_HASH]!, way.count);
}
