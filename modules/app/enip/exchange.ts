/** EtherNet/IP messages: a request with its response, or a message without one. */
import { resumeAfterGap } from '../../../engine/application/gap-recovery.js';
import { PendingTransactions } from '../../../engine/application/pending-transactions.js';
import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import {
  type EnipMessage,
  HEADER,
  isKnown,
  NOP,
  parseMessage,
  REGISTER_SESSION,
  UNREGISTER_SESSION,
} from './message.js';
import { probeMessage } from './recognition.js';

export const COMPLETE = 1;
export const EVENTS = ['too_many_transactions', 'malformed_data', 'invalid_pdu'] as const;

export class EnipTransaction extends TwoSidedTransaction {
  request: EnipMessage | undefined;
  response: EnipMessage | undefined;

  message(toServer: boolean): EnipMessage | undefined {
    return toServer ? this.request : this.response;
  }
}

export type EnipSession = Session<EnipTransaction>;

export interface EnipSettings {
  readonly maxTransactions: number;
}

/** Messages on a TCP stream; after a gap it continues with the next one. */
export function* messages(session: EnipSession, toServer: boolean): Reading<void> {
  const socket = toServer ? session.client : session.server;
  for (;;) {
    const head = yield* socket.peek(HEADER);
    const length = head ? HEADER + (head[2]! | (head[3]! << 8)) : 0;
    if (head) nameFrames(session, toServer, socket.position, length);
    const bytes = head && (yield* socket.read(length));
    if (bytes) add(session, bytes.slice(), toServer);
    else if (!(yield* resumeAfterGap(socket, probeMessage))) return;
  }
}

/** @param at position of a message of `length` bytes in its stream or datagram */
export function nameFrames(session: EnipSession, toServer: boolean, at: number, length: number): void {
  session.frame('pdu', toServer, at, length);
  session.frame('hdr', toServer, at, Math.min(HEADER, length));
  if (length > HEADER) session.frame('data', toServer, at + HEADER, length - HEADER);
}

/** @param bytes of one message; kept */
export function add(session: EnipSession, bytes: Uint8Array, toServer: boolean): void {
  const message = parseMessage(bytes);
  if (!message || !isKnown(message.command)) {
    const transaction = session.begin(new EnipTransaction(session.transactionCount));
    session.event(transaction, 'malformed_data');
    session.complete(transaction);
  } else if (toServer) addRequest(session, message);
  else addResponse(session, message);
}

function begin(session: EnipSession): EnipTransaction {
  const { maxTransactions } = session.settings as EnipSettings;
  if (session.transactions.length - session.completed >= maxTransactions) {
    const oldest = session.oldestOpen;
    if (oldest) {
      session.event(oldest, 'too_many_transactions');
      session.complete(oldest);
    }
  }
  return session.begin(new EnipTransaction(session.transactionCount));
}

function addRequest(session: EnipSession, message: EnipMessage): void {
  const transaction = begin(session);
  transaction.request = message;
  if (message.isInvalid) session.event(transaction, 'invalid_pdu', true);
  if (!isAnswered(message)) {
    session.complete(transaction);
    return;
  }
  session.advance(transaction, true, COMPLETE);
  pendingOf(session).add(keyOf(message), transaction);
}

/** These two have no response (CIP Networks Library, volume 2, 2-4). */
function isAnswered({ command }: EnipMessage): boolean {
  return command !== NOP && command !== UNREGISTER_SESSION;
}

/** Requests by the values that their responses repeat. */
function pendingOf(session: EnipSession): PendingTransactions<number, EnipTransaction> {
  session.state ??= new PendingTransactions(session);
  return session.state as PendingTransactions<number, EnipTransaction>;
}

/** For session registration, the session handle is assigned in the response. */
function keyOf({ command, session }: EnipMessage): number {
  return command * 2 ** 32 + (command === REGISTER_SESSION ? 0 : session);
}

function addResponse(session: EnipSession, message: EnipMessage): void {
  const transaction = pendingOf(session).find(keyOf(message)) ?? begin(session);
  transaction.response = message;
  if (message.isInvalid) session.event(transaction, 'invalid_pdu', false);
  session.complete(transaction);
}
