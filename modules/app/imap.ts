/** IMAP (RFC 9051): recognised, not read. */
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';

/** A server greets, a client begins with a tag and a command. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  const head = Buffer.from(bytes.subarray(start, Math.min(end, start + 64))).toString('latin1');
  if (!toServer) return /^\* (OK|PREAUTH|BYE)/.test(head) ? 'yes' : 'no';
  return /^[!-)+-~]{1,32} [A-Za-z]{3,}/.test(head) ? 'yes' : 'no';
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
