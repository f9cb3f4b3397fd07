/**
 * Counters of decoding, under the names of Suricata's statistics.
 *
 * Counts go to a tally with fixed indexes, which is added to the thread's counters once per batch: in the hot path
 * an index is a constant.
 */

import type { Thread } from '../../engine/module.js';
import { countsDecoderEvents, eventCounterName } from '../../engine/packet/event-counters.js';
import { DECODER_EVENTS } from '../../engine/packet/packet-events.js';

export const PACKETS = 0;
export const BYTES = 1;
export const INVALID = 2;
export const IPV4 = 3;
export const IPV6 = 4;
export const ETHERNET = 5;
export const ARP = 6;
export const UNKNOWN_ETHER_TYPE = 7;
export const CHDLC = 8;
export const RAW = 9;
export const NULL_LOOP = 10;
export const SLL = 11;
export const SLL2 = 12;
export const TCP = 13;
export const UDP = 14;
export const SCTP = 15;
export const ESP = 16;
export const ICMPV4 = 17;
export const ICMPV6 = 18;
export const IGMP = 19;
export const PPP = 20;
export const PPPOE = 21;
export const GENEVE = 22;
export const GRE = 23;
export const VLAN = 24;
export const VLAN_QINQ = 25;
export const VLAN_QINQINQ = 26;
export const VXLAN = 27;
export const VNTAG = 28;
export const ETAG = 29;
export const IEEE8021AH = 30;
export const TEREDO = 31;
export const IPV4_IN_IPV4 = 32;
export const IPV6_IN_IPV4 = 33;
export const IPV4_IN_IPV6 = 34;
export const IPV6_IN_IPV6 = 35;
export const MPLS = 36;
export const ERSPAN = 37;
export const NSH = 38;
export const TOO_MANY_LAYERS = 39;
/** Tunnels whose inner packet was not inspected, because the pool had no slot. */
export const TUNNEL_NO_SLOT = 40;
export const INVALID_TCP_CHECKSUM = 41;
/** In the order of the indexes above. */
const NAMES: readonly string[] = [
  'decoder.pkts',
  'decoder.bytes',
  'decoder.invalid',
  'decoder.ipv4',
  'decoder.ipv6',
  'decoder.ethernet',
  'decoder.arp',
  'decoder.unknown_ethertype',
  'decoder.chdlc',
  'decoder.raw',
  'decoder.null',
  'decoder.sll',
  'decoder.sll2',
  'decoder.tcp',
  'decoder.udp',
  'decoder.sctp',
  'decoder.esp',
  'decoder.icmpv4',
  'decoder.icmpv6',
  'decoder.igmp',
  'decoder.ppp',
  'decoder.pppoe',
  'decoder.geneve',
  'decoder.gre',
  'decoder.vlan',
  'decoder.vlan_qinq',
  'decoder.vlan_qinqinq',
  'decoder.vxlan',
  'decoder.vntag',
  'decoder.etag',
  'decoder.ieee8021ah',
  'decoder.teredo',
  'decoder.ipv4_in_ipv4',
  'decoder.ipv6_in_ipv4',
  'decoder.ipv4_in_ipv6',
  'decoder.ipv6_in_ipv6',
  'decoder.mpls',
  'decoder.erspan',
  'decoder.nsh',
  'decoder.too_many_layers',
  'decoder.tunnel_no_slot',
  'tcp.invalid_checksum',
];

export class Tally {
  /** Counts since the last `flush`. */
  readonly counts = new Float64Array(NAMES.length);
  /** By number of the decoder event. */
  readonly events = new Float64Array(DECODER_EVENTS);
  maxPacketLength = 0;
  private readonly values: Float64Array;
  private readonly indexes: number[];
  private readonly eventIndexes: number[];
  private readonly maxPacketIndex: number;

  constructor({ counters, config }: Pick<Thread, 'counters' | 'config'>) {
    this.values = counters.values;
    this.indexes = NAMES.map(name => counters.declare(name));
    this.eventIndexes = countsDecoderEvents(config)
      ? Array.from(this.events, (_, event) => counters.declare(eventCounterName(event, config)))
      : [];
    this.maxPacketIndex = counters.declare('decoder.max_pkt_size', 'max');
  }

  /** Total of a counter, as of the last flush. */
  total(place: number): number {
    return this.values[this.indexes[place]!]!;
  }

  /** Adds all counts to the thread's counters. */
  flush(): void {
    add(this.counts, this.values, this.indexes);
    this.values[this.maxPacketIndex] = this.maxPacketLength;
  }

  /** Adds the events; there are many kinds, rarely any occurrence. */
  flushEvents(): void {
    add(this.events, this.values, this.eventIndexes);
  }
}

function add(counts: Float64Array, values: Float64Array, indexes: readonly number[]): void {
  for (let i = 0; i < indexes.length; i++) values[indexes[i]!]! += counts[i]!;
  counts.fill(0);
}
