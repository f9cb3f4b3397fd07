/** IMAP (RFC 9051): recognised, not parsed. */
import { latin1 } from '../../engine/latin1.js';
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';

const GREETINGS = ['* OK', '* PREAUTH', '* BYE'];
const COMMAND = /^[!-)+-~]{1,32} [A-Za-z]{3}/;
const BEGINNING = /^[!-)+-~]{1,32}( [A-Za-z]{0,2})?$/;

/** A server begins with a greeting, a client with a tag and a command. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  const head = latin1(bytes, start, Math.min(end, start + 64));
  if (toServer) return COMMAND.test(head) ? 'yes' : BEGINNING.test(head) ? 'more' : 'no';
  if (GREETINGS.some(greeting => head.startsWith(greeting))) return 'yes';
  return GREETINGS.some(greeting => greeting.startsWith(head)) ? 'more' : 'no';
}

export default defineProtocol({
  name: 'imap',
  transports: ['tcp'],
  ...REQUEST_AND_RESPONSE,
  events: [],
  buffers: [],
  values: [],
  tests: [],
  recognition: {
    patterns: [{ toServer: false, bytes: '* OK ' }],
    ports: { tcp: [143] },
    probe,
  },
  record: () => '',
});
