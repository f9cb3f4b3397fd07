/** TFTP (RFC 1350). */
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { latin1Text } from '../../engine/record/bytes-text.js';
import { parseRequest, TftpTransaction } from './tftp/request.js';

export default defineProtocol<TftpTransaction>({
  name: 'tftp',
  transports: ['udp'],
  ...REQUEST_AND_RESPONSE,
  events: [],
  buffers: [],
  values: [],
  tests: [],
  recognition: {
    ports: { udp: [69] },
    probe: (bytes, start, end) => (parseRequest(bytes, start, end) ? 'yes' : 'no'),
  },
  datagram(session, bytes, start, end, toServer) {
    if (!toServer) return;
    const request = parseRequest(bytes, start, end);
    if (!request) {
      session.failed = true;
      return;
    }
    const transaction = session.begin(new TftpTransaction(session.transactionCount, request));
    session.advance(transaction, true, 1);
  },
  record: ({ request: { packet, file, mode } }) =>
    `"tftp":${JSON.stringify({ packet, file: latin1Text(file), mode: latin1Text(mode) })}`,
});
