/** Packet headers as sticky buffers. */
import { expect, it } from 'vitest';
import { destinationOptions, ethernet, icmpv6, ipv6, packet, udp } from '../packets/builder.js';
import { replay } from '../streams/replay.js';

const LENGTHS = [40, 48];

it('the IPv6 header is available whatever follows it', async () => {
  const packets = [
    packet(ethernet(), ipv6(), udp(), 'text'),
    packet(ethernet(), ipv6(), destinationOptions(), icmpv6(), 'text'),
    packet(ethernet(), ipv6()),
    packet(ethernet(), ipv6({ protocol: 200 }), 'text'),
    packet(ethernet(), ipv6(), destinationOptions(undefined, 200), 'text'),
  ];
  const rules = LENGTHS.map(
    length => `alert ip any any -> any any (ipv6.hdr; bsize:${length}; sid:${length};)`,
  );
  const records = await replay({ packets, rules });
  const alerts = records.map(({ pcap_cnt, alert }) => [pcap_cnt, alert.signature_id]);
  expect(alerts.sort()).toEqual([
    [1, 40],
    [2, 48],
    [3, 40],
    [4, 40],
    [5, 48],
  ]);
});
