/** Counters of defragmentation, under the names of Suricata's statistics. */
import type { Counters } from '../../../engine/module.js';

const NAMES = {
  fragments4: 'ipv4.fragments',
  reassembled4: 'ipv4.reassembled',
  timeouts4: 'ipv4.timeouts',
  fragments6: 'ipv6.fragments',
  reassembled6: 'ipv6.reassembled',
  timeouts6: 'ipv6.timeouts',
  trackerTimeout: 'wrk.tracker_timeout',
  maxTrackersReached: 'max_trackers_reached',
  maxFragsReached: 'max_frags_reached',
  hardReuse: 'tracker_hard_reuse',
  memuse: 'memuse',
  /** Complete datagrams for which the pool had no slot or memory. */
  noRoom: 'no_room',
  /** Fragments dropped because too many were held. */
  notHeld: 'not_held',
} as const;

export type DefragCounters = Readonly<Record<keyof typeof NAMES, number>>;

export function declareDefragCounters(counters: Counters): DefragCounters {
  return Object.fromEntries(
    Object.entries(NAMES).map(([key, name]) => [key, counters.declare(`defrag.${name}`)]),
  ) as DefragCounters;
}
