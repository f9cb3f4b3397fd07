/** Processing of DNS messages. Every message is a transaction of its own, complete at once. */
import type { Session } from '../../../engine/application/session.js';
import { uint16 } from '../../../engine/packet/network-order.js';
import { OneSidedTransaction } from '../../../engine/protocol.js';
import { HEADER_LENGTH, MAX_OPCODE, Message, opcodeOf, Z } from './message.js';
import { looksLikeMessage } from './recognition.js';

export const EVENTS = [
  'unsolicited_response',
  'malformed_data',
  'not_a_request',
  'not_a_response',
  'z_flag_set',
  'invalid_opcode',
  'name_too_long',
  'infinite_loop',
  'too_many_labels',
  'invalid_additionals',
  'invalid_authorities',
] as const;

const NOT_A_REQUEST = EVENTS.indexOf('not_a_request');
const NOT_A_RESPONSE = EVENTS.indexOf('not_a_response');
const Z_FLAG_SET = EVENTS.indexOf('z_flag_set');
const INVALID_OPCODE = EVENTS.indexOf('invalid_opcode');

/** Bytes of a TCP stream needed to decide whether a message begins here: length and header. */
const TCP_START = 14;

export class DnsTransaction extends OneSidedTransaction {
  constructor(
    id: number,
    readonly message: Message,
    toServer: boolean,
  ) {
    super(
      id,
      toServer,
      message.problems.map(problem => EVENTS.indexOf(problem)),
    );
  }

  get exchangeId(): number {
    return this.message.id;
  }
}

export type DnsSession = Session<DnsTransaction>;

/** Adds a message. @param bytes are kept  @param position in the stream  @returns its transaction, for further events */
function add(session: DnsSession, bytes: Uint8Array, toServer: boolean, position = 0): DnsTransaction {
  const message = new Message(bytes);
  const transaction = new DnsTransaction(session.transactionCount, message, toServer);
  if ((message.flags & Z) !== 0) transaction.events.push(Z_FLAG_SET);
  if (opcodeOf(message.flags) > MAX_OPCODE) transaction.events.push(INVALID_OPCODE);
  session.begin(transaction);
  session.frame('pdu', toServer, position, bytes.length, transaction);
  session.advance(transaction, toServer, 1);
  return transaction;
}

/** Adds a message that either side may send (mDNS). */
export function addAnyMessage(session: DnsSession, bytes: Uint8Array, toServer: boolean): void {
  add(session, bytes, toServer);
}

/** Adds a message; requests go to the server, responses to the client. @param position in the stream */
export function addMessage(session: DnsSession, bytes: Uint8Array, toServer: boolean, position = 0): void {
  const { message, events } = add(session, bytes, toServer, position);
  if (bytes.length < HEADER_LENGTH || message.response !== toServer) return;
  events.push(toServer ? NOT_A_REQUEST : NOT_A_RESPONSE);
}

/** Messages on a TCP stream, each preceded by its length (RFC 1035 4.2.2). */
export function* messages(session: DnsSession, toServer: boolean): Generator<void, void, void> {
  const socket = toServer ? session.client : session.server;
  for (;;) {
    const prefix = yield* socket.read(2);
    const length = prefix ? uint16(prefix, 0) : 0;
    const message = prefix && (yield* socket.read(length));
    if (message) {
      if (length > 0) addMessage(session, message.slice(), toServer, socket.position - length);
    } else if (!(socket.state === 'gap' && (yield* findMessage(session, toServer)))) return;
  }
}

/** Continues after a gap at a segment that begins with a message. @returns false if the stream has ended */
function* findMessage(session: DnsSession, toServer: boolean): Generator<void, boolean, void> {
  const socket = toServer ? session.client : session.server;
  socket.resume();
  for (;;) {
    const start = yield* socket.peek(TCP_START);
    if (!start) {
      if (socket.state !== 'gap') return false;
      socket.resume();
    } else if (looksLikeMessage(start, 2, TCP_START)) {
      return true;
    } else {
      socket.takeAll();
    }
  }
}
