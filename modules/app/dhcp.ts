/** DHCP for IPv4 (RFC 2131, 2132). */
import type { Session } from '../../engine/application/session.js';
import type { OutputsByOption } from '../../engine/config/output-list.js';
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { VALUES } from './dhcp/keywords.js';
import { isMessage, parseMessage } from './dhcp/message.js';
import { DHCP_OPTIONS, dhcpSettings } from './dhcp/outputs.js';
import { dhcpRecord, isAck } from './dhcp/record.js';
import { COMPLETE, DhcpTransaction, EVENTS } from './dhcp/transaction.js';

function datagram(
  session: Session<DhcpTransaction>,
  bytes: Uint8Array,
  start: number,
  end: number,
  toServer: boolean,
): void {
  const message = parseMessage(bytes.slice(start, end));
  if (!message) {
    session.failed = true;
    return;
  }
  const transaction = session.begin(new DhcpTransaction(session.transactionCount, message, toServer));
  if (message.truncated) session.event(transaction, 'truncated_options', toServer);
  if (message.malformed) session.event(transaction, 'malformed_options', toServer);
  session.advance(transaction, toServer, COMPLETE);
}

export default defineProtocol<DhcpTransaction>({
  name: 'dhcp',
  transports: ['udp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: [],
  values: VALUES,
  tests: [],
  recognition: {
    ports: { udp: [67, 68] },
    probe: (bytes, start, end) => (isMessage(bytes, start, end) ? 'yes' : 'no'),
  },
  options: DHCP_OPTIONS,
  prepare: dhcpSettings,
  datagram,
  record: ({ message }) => dhcpRecord(message, true),
  records({ message }, settings) {
    const { on, off } = settings as OutputsByOption;
    return [
      ...(on > 0 ? [{ members: dhcpRecord(message, true), outputs: on }] : []),
      ...(off > 0 && isAck(message) ? [{ members: dhcpRecord(message, false), outputs: off }] : []),
    ];
  },
});
