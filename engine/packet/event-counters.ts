/** Counters of decoder and stream events: which exist, and their names. */
import type { Config } from '../config/config.js';
import { boolean, choice, option } from '../config/option.js';
import { eventName } from './packet-event-names.js';

const decoderEvents = option('stats.decoder-events', boolean, true, 'a counter for each decoder event');
const prefix = option(
  'stats.decoder-events-prefix',
  choice('decoder.event', 'decoder'),
  'decoder.event',
  'prefix of the names of these counters',
);
const streamEvents = option('stats.stream-events', boolean, false, 'a counter for each stream event');

export const eventCounterOptions = [decoderEvents, prefix, streamEvents];

export const countsDecoderEvents = (config: Config): boolean => config.read(decoderEvents);
export const countsStreamEvents = (config: Config): boolean => config.read(streamEvents);

/** `decoder.event.ipv4.pkt_too_small`, `stream.est_invalid_ack`: the counter of an event. @throws RangeError */
export function eventCounterName(event: number, config: Config): string {
  return eventName(event).replace(/^decoder\b/, config.read(prefix));
}
