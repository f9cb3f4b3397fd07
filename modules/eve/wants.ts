/** Which events the EVE logs of a configuration consume. */
import type { Config } from '../../engine/config/config.js';
import * as Event from '../../engine/event.js';
import { type Instance, instancesOf } from './instance.js';

/** Types under `types` that are not transactions. */
export const KINDS: Readonly<Record<string, number>> = {
  alert: Event.EVENT_ALERT,
  anomaly: Event.EVENT_ANOMALY,
  drop: Event.EVENT_DROP,
  files: Event.EVENT_FILEINFO,
  flow: Event.EVENT_FLOW,
  frame: Event.EVENT_FRAME,
  netflow: Event.EVENT_FLOW,
  arp: Event.EVENT_OTHER,
  stream: Event.EVENT_OTHER,
  metadata: Event.EVENT_OTHER,
};

/** @returns EVENT_ constants, each once */
export function eveWants(config: Config): number[] {
  return [...new Set(instancesOf(config).flatMap(kindsOf))].sort((a, b) => a - b);
}

function kindsOf(instance: Instance): number[] {
  const types = [...instance.types].filter(type => type !== 'stats');
  const kinds = types.map(type => KINDS[type] ?? Event.EVENT_TRANSACTION);
  // Packets tagged by a rule have separate records.
  if (instance.types.has('alert') && instance.alert.tagged) kinds.push(Event.EVENT_OTHER);
  if (instance.types.has('arp')) kinds.push(Event.WANTS_ARP);
  return kinds;
}
