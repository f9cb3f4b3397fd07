/** RDP (MS-RDPBCGR): connection setup. The session itself is not parsed. */
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { client, server } from './rdp/exchange.js';
import { rdpRecord } from './rdp/record.js';
import type { RdpTransaction } from './rdp/transaction.js';
import { CONNECTION_CONFIRM, CONNECTION_REQUEST, TPKT_HEADER, TPKT_VERSION } from './rdp/x224.js';

/** A TPKT with a connection request or confirm. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  if (bytes[start] !== TPKT_VERSION || (end - start > 1 && bytes[start + 1] !== 0)) return 'no';
  if (end - start < TPKT_HEADER + 2) return 'more';
  const code = bytes[start + TPKT_HEADER + 1]! & 0xf0;
  return code === (toServer ? CONNECTION_REQUEST : CONNECTION_CONFIRM) ? 'yes' : 'no';
}

export default defineProtocol<RdpTransaction>({
  name: 'rdp',
  transports: ['tcp'],
  ...REQUEST_AND_RESPONSE,
  events: [],
  buffers: [],
  values: [],
  tests: [],
  recognition: { ports: { tcp: [3389] }, probe },
  client,
  server,
  record: rdpRecord,
});
