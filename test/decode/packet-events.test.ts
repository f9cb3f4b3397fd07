import { expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { eventCounterName } from '../../engine/packet/event-counters.js';
import {
  allEvents,
  decoderEventNames,
  decoderEventNumber,
  eventName,
  streamEventNames,
  streamEventNumber,
} from '../../engine/packet/packet-event-names.js';
import * as Events from '../../engine/packet/packet-events.js';

const COUNTS = new Set(['DECODER_EVENTS', 'FIRST_STREAM_EVENT', 'STREAM_EVENTS']);

test('each constant has the number of its name', () => {
  for (const [constant, number] of Object.entries(Events)) {
    if (COUNTS.has(constant)) continue;
    expect(eventName(number).replace('decoder.', '').replace('.', '_').toUpperCase()).toBe(constant);
  }
  expect(Object.keys(Events).length - COUNTS.size).toBe(decoderEventNames.length + streamEventNames.length);
});

test('event numbers fit into the event bits of a row and do not overlap', () => {
  expect(decoderEventNames.length).toBe(Events.DECODER_EVENTS);
  expect(streamEventNames.length).toBe(Events.STREAM_EVENTS);
  expect(Events.DECODER_EVENTS).toBeLessThanOrEqual(Events.FIRST_STREAM_EVENT);
  expect(Events.FIRST_STREAM_EVENT + Events.STREAM_EVENTS).toBeLessThanOrEqual(256);
  expect(new Set(allEvents()).size).toBe(Events.DECODER_EVENTS + Events.STREAM_EVENTS);
});

test('events have names in rules, EVE and statistics', () => {
  expect(decoderEventNumber('ipv4.trunc_pkt')).toBe(Events.IPV4_TRUNC_PKT);
  expect(decoderEventNumber('no.such')).toBe(-1);
  expect(streamEventNumber('est_invalid_ack')).toBe(Events.STREAM_EST_INVALID_ACK);
  expect(eventName(Events.TOO_MANY_LAYERS)).toBe('decoder.too_many_layers');
  expect(eventName(Events.STREAM_FIN_SYN)).toBe('stream.fin_syn');
  expect(() => eventName(159)).toThrow(RangeError);
});

test('event counters have the configured prefix', () => {
  const config = new Config({});
  expect(eventCounterName(Events.IPV4_TRUNC_PKT, config)).toBe('decoder.event.ipv4.trunc_pkt');
  expect(eventCounterName(Events.STREAM_FIN_SYN, config)).toBe('stream.fin_syn');
  const old = new Config({ stats: { 'decoder-events-prefix': 'decoder' } });
  expect(eventCounterName(Events.IPV4_TRUNC_PKT, old)).toBe('decoder.ipv4.trunc_pkt');
});
