/** Processing of LDAP messages: a request and all its responses are a transaction. */

import { resumeAfterGap } from '../../../engine/application/gap-recovery.js';
import { PendingTransactions } from '../../../engine/application/pending-transactions.js';
import type { Session } from '../../../engine/application/session.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { TextList } from '../../../engine/application/text-list.js';
import { latin1 } from '../../../engine/latin1.js';
import { type ProbeResult, TwoSidedTransaction } from '../../../engine/protocol.js';
import { type ElementHead, readHead, SEQUENCE } from '../asn1/ber.js';
import { attributeTypes, type LdapMessage, parseMessage } from './message.js';
import { isInterim, isRequest, isUnanswered } from './operation.js';
import { probe } from './recognition.js';

export const STARTED = 0;
export const COMPLETE = 1;
export const EVENTS = [
  'too_many_transactions',
  'invalid_data',
  'request_not_found',
  'incomplete_data',
] as const;

/** Object identifier of StartTLS (RFC 4511 4.14.1). */
const START_TLS = '1.3.6.1.4.1.1466.20037';
/** Maximum responses kept per request, and their bytes. */
const MAX_RESPONSES = 1024;
const MAX_BYTES = 4 << 20;
/** Maximum attributes of a request, and of all its responses, that rules can inspect. */
const MAX_ATTRIBUTES = 65_536;

export interface LdapSettings {
  readonly maxTransactions: number;
}

export class LdapTransaction extends TwoSidedTransaction {
  readonly responses: LdapMessage[] = [];
  /** Bytes of the responses kept. */
  kept = 0;
  /** Attribute types of the request. */
  readonly requestedAttributes = new TextList();
  /** Attribute types of all responses. */
  readonly attributes = new TextList();

  constructor(
    id: number,
    readonly request: LdapMessage | undefined,
  ) {
    super(id);
    if (request) addTypes(this.requestedAttributes, request);
  }
}

export type LdapSession = Session<LdapTransaction>;

/** Messages on a TCP stream; after a gap it continues with the next one. */
export function* messages(session: LdapSession, toServer: boolean): Reading<void> {
  const socket = toServer ? session.client : session.server;
  for (;;) {
    if (yield* message(session, socket, toServer)) {
      // What follows is another protocol.
      if (session.requests.changeTo !== undefined) yield;
      continue;
    }
    if (session.failed || !(yield* resumeAfterGap(socket, probeMessage))) return;
  }
}

/** Whether a message begins here, in either direction. */
function probeMessage(bytes: Uint8Array, start: number, end: number): ProbeResult {
  const answer = probe(bytes, start, end, true);
  return answer === 'yes-but-reversed' ? 'yes' : answer;
}

/** @returns false if there is no message to read */
function* message(session: LdapSession, socket: StreamSocket, toServer: boolean): Reading<boolean> {
  let head: ElementHead | 'more' | undefined = 'more';
  for (let needed = 2; head === 'more'; needed = socket.available + 1) {
    if (!(yield* socket.wait(needed))) return false;
    head = readHead(socket.view, socket.offset, socket.offset + socket.available);
  }
  if (!head || head.tag !== SEQUENCE) {
    failWith(session, toServer, 'invalid_data');
    return false;
  }
  session.frame('pdu', toServer, socket.position, head.head + head.length);
  const bytes = yield* socket.read(head.head + head.length);
  if (bytes) add(session, bytes.slice(head.head), toServer);
  else if (socket.state === 'limit') failWith(session, toServer, 'incomplete_data');
  return bytes !== undefined && !session.failed;
}

/** The messages of a datagram. */
export function datagram(session: LdapSession, bytes: Uint8Array, toServer: boolean): void {
  for (let at = 0; at < bytes.length; ) {
    const head = readHead(bytes, at, bytes.length);
    if (head === undefined || head === 'more' || at + head.head + head.length > bytes.length) {
      failWith(session, toServer, 'incomplete_data');
      return;
    }
    session.frame('pdu', toServer, at, head.head + head.length);
    at += head.head + head.length;
    add(session, bytes.subarray(at - head.length, at), toServer);
    if (session.failed) return;
  }
}

function add(session: LdapSession, content: Uint8Array, toServer: boolean): void {
  const message = parseMessage(content);
  if (!message) failWith(session, toServer, 'invalid_data');
  else if (isRequest(message.operation)) addRequest(session, message);
  else addResponse(session, message, content.length);
}

function begin(session: LdapSession, request: LdapMessage | undefined): LdapTransaction {
  const transaction = session.begin(new LdapTransaction(session.transactionCount, request));
  const { maxTransactions } = session.settings as LdapSettings;
  const { transactions } = session;
  if (transactions.length - session.completed > maxTransactions) {
    session.event(transaction, 'too_many_transactions');
    session.completeOldest();
  }
  return transaction;
}

function addRequest(session: LdapSession, request: LdapMessage): void {
  const transaction = begin(session, request);
  session.advance(transaction, true, COMPLETE);
  if (isUnanswered(request.operation)) session.complete(transaction);
  else pendingOf(session).add(request.id, transaction);
}

/** Requests by message ID. */
function pendingOf(session: LdapSession): PendingTransactions<number, LdapTransaction> {
  session.state ??= new PendingTransactions(session);
  return session.state as PendingTransactions<number, LdapTransaction>;
}

function addResponse(session: LdapSession, response: LdapMessage, length: number): void {
  const waiting = pendingOf(session).find(response.id);
  const transaction = waiting ?? begin(session, undefined);
  keep(transaction, response, length);
  // Unsolicited notifications have number 0.
  if (!waiting && response.id !== 0) session.event(transaction, 'request_not_found');
  if (waiting && isInterim(response.operation)) {
    session.advance(transaction, false, STARTED);
    return;
  }
  session.advance(transaction, false, COMPLETE);
  session.complete(transaction);
  const oid = transaction.request?.oid;
  if (oid && latin1(oid) === START_TLS && response.result?.code === 0) session.requests.changeTo = 'tls';
}

function keep(transaction: LdapTransaction, response: LdapMessage, length: number): void {
  const { responses, attributes } = transaction;
  if (responses.length >= MAX_RESPONSES || transaction.kept + length > MAX_BYTES) return;
  transaction.kept += length;
  responses.push(response);
  addTypes(attributes, response);
}

function addTypes(list: TextList, message: LdapMessage): void {
  for (const type of attributeTypes(message)) {
    if (list.length >= MAX_ATTRIBUTES) return;
    list.add(type);
  }
}

/** Reports data that is not a valid message. */
function failWith(session: LdapSession, toServer: boolean, event: (typeof EVENTS)[number]): void {
  const transaction = begin(session, undefined);
  session.event(transaction, event);
  session.advance(transaction, toServer, COMPLETE);
  session.complete(transaction);
  session.failed = true;
}
