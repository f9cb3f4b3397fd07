/** Multicast DNS (RFC 6762): DNS messages that any host sends to all. */
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { sectionNames } from './dns/buffers.js';
import { addAnyMessage, type DnsTransaction, EVENTS } from './dns/exchange.js';
import { mdnsRecord } from './dns/mdns-eve.js';
import { isMessage } from './dns/recognition.js';

const NAMES = { name: 'mdns', transports: ['udp'] } as const;

export default defineProtocol<DnsTransaction>({
  ...NAMES,
  frames: declareFrames(NAMES, ['pdu']),
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: sectionNames('mdns', 'either'),
  values: [],
  tests: [],
  recognition: {
    ports: { udp: [5353] },
    probe: (bytes, start, end) => (isMessage(bytes, start, end) ? 'yes' : 'no'),
  },
  datagram: (session, bytes, start, end, toServer) =>
    addAnyMessage(session, bytes.slice(start, end), toServer),
  record: ({ message }) => `"mdns":${JSON.stringify(mdnsRecord(message))}`,
});
