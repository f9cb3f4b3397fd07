/** The mainline DHT of BitTorrent (BEP 5): logged, without keywords of its own. */
import { defineProtocol, OneSidedTransaction, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { type DhtMessage, parseMessage } from './bittorrent-dht/message.js';

const COMPLETE = 1;
/** Messages begin with the arguments of a query, a response, or an error. */
const BEGINNINGS = ['d1:ad2:id20:', 'd1:rd2:id20:', 'd2:ip', 'd1:el'];
const PATTERNS = [true, false].flatMap(toServer => BEGINNINGS.map(bytes => ({ toServer, bytes })));

class DhtTransaction extends OneSidedTransaction {
  constructor(
    id: number,
    toServer: boolean,
    /** Undefined if it is not a valid message. */
    readonly message: DhtMessage | undefined,
  ) {
    super(id, toServer);
  }
}

export default defineProtocol<DhtTransaction>({
  name: 'bittorrent-dht',
  transports: ['udp'],
  ...REQUEST_AND_RESPONSE,
  events: ['malformed_packet'],
  buffers: [],
  values: [],
  tests: [],
  recognition: { patterns: PATTERNS },
  datagram(session, bytes, start, end, toServer) {
    const message = parseMessage(bytes, start, end);
    const transaction = new DhtTransaction(session.transactionCount, toServer, message);
    session.begin(transaction);
    if (message?.isMalformed !== false) session.event(transaction, 'malformed_packet');
    session.advance(transaction, toServer, COMPLETE);
  },
  record: ({ message }) => `"bittorrent_dht":${JSON.stringify(message?.record ?? { transaction_id: '' })}`,
});
