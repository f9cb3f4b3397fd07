/** What decoding counts, under the names of Suricata's statistics. */
import type { Counters } from '../../engine/module.js';
import { eventCounterName } from '../../engine/packet-event-names.js';
import { DECODER_EVENTS } from '../../engine/packet-events.js';

const NAMES = {
  packets: 'pkts',
  bytes: 'bytes',
  invalid: 'invalid',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  ethernet: 'ethernet',
  arp: 'arp',
  unknownEtherType: 'unknown_ethertype',
  chdlc: 'chdlc',
  raw: 'raw',
  nullLoop: 'null',
  sll: 'sll',
  sll2: 'sll2',
  tcp: 'tcp',
  udp: 'udp',
  sctp: 'sctp',
  esp: 'esp',
  icmpv4: 'icmpv4',
  icmpv6: 'icmpv6',
  igmp: 'igmp',
  ppp: 'ppp',
  pppoe: 'pppoe',
  geneve: 'geneve',
  gre: 'gre',
  vlan: 'vlan',
  vlanQinq: 'vlan_qinq',
  vlanQinqinq: 'vlan_qinqinq',
  vxlan: 'vxlan',
  vntag: 'vntag',
  etag: 'etag',
  ieee8021ah: 'ieee8021ah',
  teredo: 'teredo',
  ipv4InIpv4: 'ipv4_in_ipv4',
  ipv6InIpv4: 'ipv6_in_ipv4',
  ipv4InIpv6: 'ipv4_in_ipv6',
  ipv6InIpv6: 'ipv6_in_ipv6',
  mpls: 'mpls',
  erspan: 'erspan',
  nsh: 'nsh',
  tooManyLayers: 'too_many_layers',
  /** Tunnels whose inner packet was not inspected, because the pool had no slot. */
  tunnelNoSlot: 'tunnel_no_slot',
} as const;

type Name = keyof typeof NAMES;

/** Index in `Counters.values` of each counter. */
export type DecodeCounters = Readonly<Record<Name, number>> & {
  readonly maxPacketSize: number;
  readonly invalidTcpChecksum: number;
  /** By number of the decoder event. */
  readonly events: Int32Array;
};

export function declareCounters(counters: Counters): DecodeCounters {
  const own = Object.fromEntries(
    Object.entries(NAMES).map(([key, name]) => [key, counters.declare(`decoder.${name}`)]),
  ) as Record<Name, number>;
  return {
    ...own,
    maxPacketSize: counters.declare('decoder.max_pkt_size', 'max'),
    invalidTcpChecksum: counters.declare('tcp.invalid_checksum'),
    events: Int32Array.from({ length: DECODER_EVENTS }, (_, event) =>
      counters.declare(eventCounterName(event)),
    ),
  };
}
