/** Calls on a connection (C706, connection-oriented protocol). */

import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { HiddenMap } from '../../../engine/memory/hidden-map.js';
import { Bindings } from './bindings.js';
import { Call } from './call.js';
import { HEADER, isAnswered, isFromServer, type Pdu, readHeader } from './pdu.js';
import {
  beginCall,
  COMPLETE,
  type DcerpcSession,
  type DcerpcSettings,
  type DcerpcTransaction,
} from './transaction.js';

export class Connection {
  private readonly bindings = new Bindings();
  /** Calls without a response, by number. */
  private readonly open = new HiddenMap<number, DcerpcTransaction>();

  /** Responses whose requests were not seen. */
  private readonly withoutRequest: DcerpcTransaction[] = [];
  /** The client's direction cannot be read any further. */
  private clientEnded = false;

  constructor(private readonly session: DcerpcSession) {}

  *read(toServer: boolean): Reading<void> {
    const { client, server } = this.session;
    yield* this.messages(toServer ? client : server, toServer);
    if (!toServer) return;
    this.clientEnded = true;
    this.completeWithoutRequest();
  }

  /** Reads one direction, message by message; after a gap it continues at the start of a message. */
  private *messages(socket: StreamSocket, toServer: boolean): Reading<void> {
    let searching = false;
    for (;;) {
      if (!(yield* socket.wait(HEADER))) {
        if (socket.state !== 'gap') return;
        socket.resume();
        searching = true;
        continue;
      }
      const pdu = readHeader(socket.view, socket.offset);
      if (!pdu) {
        if (!searching) {
          this.session.failed = true;
          return;
        }
        // A message may begin with the next segment.
        socket.skip(socket.available);
        continue;
      }
      searching = false;
      this.nameFrames(toServer, socket.position, pdu.length);
      const end = socket.position + pdu.length;
      if (yield* socket.wait(pdu.length)) {
        this.take(pdu, socket.view, socket.offset, toServer);
        socket.skip(pdu.length);
      } else if (socket.state === 'gap') {
        socket.resume();
        searching = yield* skipRest(socket, end);
      } else return;
    }
  }

  private nameFrames(toServer: boolean, at: number, length: number): void {
    this.session.frame('pdu', toServer, at, length);
    this.session.frame('hdr', toServer, at, HEADER);
    if (length > HEADER) this.session.frame('data', toServer, at + HEADER, length - HEADER);
  }

  private take(pdu: Pdu, bytes: Uint8Array, start: number, toServer: boolean): void {
    const end = start + pdu.length;
    if (toServer) this.completeWithoutRequest();
    if (toServer && isAnswered(pdu.type)) this.addRequest(pdu, bytes, start, end);
    else if (!toServer && isFromServer(pdu.type)) this.addResponse(pdu, bytes, start, end);
  }

  private addRequest(pdu: Pdu, bytes: Uint8Array, start: number, end: number): void {
    const waiting = this.open.get(pdu.callId);
    const continues = waiting && !waiting.call.request.done && waiting.call.request.type === pdu.type;
    const transaction = continues ? waiting : this.begin(pdu);
    const { call } = transaction;
    call.addRequest(pdu, bytes, start, end, this.bindings);
    if (call.request.done) this.session.advance(transaction, true, COMPLETE);
  }

  private addResponse(pdu: Pdu, bytes: Uint8Array, start: number, end: number): void {
    const transaction = this.open.get(pdu.callId) ?? this.begin(pdu);
    const { call } = transaction;
    call.addResponse(pdu, bytes, start, end, this.bindings);
    if (!call.response.done) return;
    this.open.delete(pdu.callId);
    this.session.advance(transaction, false, COMPLETE);
    // The request may still arrive: the two directions are not read in step.
    if (call.request.done) return;
    if (this.withoutRequest.length >= (this.session.settings as DcerpcSettings).maxTransactions)
      this.completeWithoutRequest();
    this.withoutRequest.push(transaction);
    if (this.clientEnded) this.completeWithoutRequest();
  }

  /** Requests that should precede what the client sends now are lost. */
  private completeWithoutRequest(): void {
    for (const transaction of this.withoutRequest) this.session.complete(transaction);
    this.withoutRequest.length = 0;
  }

  private begin(pdu: Pdu): DcerpcTransaction {
    const { maxStub } = this.session.settings as DcerpcSettings;
    const transaction = beginCall(this.session, new Call(pdu.callId, maxStub));
    transaction.version = `${pdu.version}.${pdu.minor}`;
    // Calls that were completed to make room for others.
    this.open.deleteOldestWhile(oldest => this.session.isComplete(oldest));
    // Moved to the end even if the number is known: this keeps completed calls at the front.
    this.open.delete(pdu.callId);
    this.open.set(pdu.callId, transaction);
    return transaction;
  }
}

/** Skips the rest of a message with a gap in it. @returns true if its end was lost as well */
function* skipRest(socket: StreamSocket, end: number): Reading<boolean> {
  const left = end - socket.position;
  if (left < 0) return true;
  while (!(yield* socket.discard(end - socket.position))) {
    if (socket.state !== 'gap') return true;
    socket.resume();
    if (socket.position > end) return true;
  }
  return false;
}
