/** Messages of both sides until the connection is established or encrypted. */
import type { Session } from '../../../engine/application/session.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint16 } from '../../../engine/packet/network-order.js';
import { certificateSerials } from './certificates.js';
import { parseConnectRequest } from './connect-request.js';
import { COMPLETE, type RdpItem, RdpTransaction } from './transaction.js';
import {
  CONNECTION_CONFIRM,
  CONNECTION_REQUEST,
  DATA,
  parseRequest,
  parseResponse,
  TPKT_HEADER,
  TPKT_VERSION,
} from './x224.js';

type RdpSession = Session<RdpTransaction>;

/** Length of the X.224 header before data, in bytes. */
const DATA_HEADER = 3;
/** MCS: one-byte tag which indicates that another byte follows. */
const MCS_TAG = 0x7f;
const CONNECT_INITIAL = 0x65;
const CONNECT_RESPONSE = 0x66;

export function* client(session: RdpSession): Reading<void> {
  for (;;) {
    const content = yield* tpkt(session.client);
    if (!content) return;
    const code = content[1]! & 0xf0;
    if (code === CONNECTION_REQUEST)
      addTransaction(session, true, { type: 'initial_request', request: parseRequest(content) });
    if (!isMcs(content, CONNECT_INITIAL)) continue;
    const connect = parseConnectRequest(content.subarray(DATA_HEADER));
    if (connect) addTransaction(session, true, { type: 'connect_request', connect });
    return;
  }
}

export function* server(session: RdpSession): Reading<void> {
  for (;;) {
    const content = yield* tpkt(session.server);
    if (!content) break;
    const code = content[1]! & 0xf0;
    if (code === CONNECTION_CONFIRM)
      addTransaction(session, false, { type: 'initial_response', response: parseResponse(content) });
    if (!isMcs(content, CONNECT_RESPONSE)) continue;
    addTransaction(session, false, { type: 'connect_response' });
    return;
  }
  const serials = yield* certificateSerials(session.server);
  if (serials) addTransaction(session, false, { type: 'tls_handshake', serials });
}

/** The payload of a TPKT; undefined if something else follows. */
function* tpkt(socket: StreamSocket): Reading<Uint8Array | undefined> {
  if (!(yield* socket.wait(TPKT_HEADER))) return undefined;
  const { view, offset } = socket;
  const length = uint16(view, offset + 2);
  if (view[offset] !== TPKT_VERSION || length < TPKT_HEADER + 2) return undefined;
  const whole = yield* socket.read(length);
  return whole?.subarray(TPKT_HEADER);
}

function isMcs(content: Uint8Array, kind: number): boolean {
  return content[1] === DATA && content[DATA_HEADER] === MCS_TAG && content[DATA_HEADER + 1] === kind;
}

function addTransaction(session: RdpSession, toServer: boolean, item: RdpItem): void {
  const transaction = session.begin(new RdpTransaction(session.transactionCount, item, toServer));
  session.advance(transaction, toServer, COMPLETE);
}
