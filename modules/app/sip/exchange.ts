/** Processing of messages: consecutive on a stream, one per datagram. */
import type { Session } from '../../../engine/application/session.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { carriesSdp, contentLength, type MessageHead, parseHead } from './message.js';
import { parseSdp } from './sdp.js';
import { COMPLETE, type EVENTS, SipTransaction } from './transaction.js';

/** Maximum bytes of a message before its body. */
const MAX_HEAD_LENGTH = 64 << 10;
/** Maximum length of a body that is parsed as a session description; longer ones are skipped. */
const MAX_DESCRIPTION_LENGTH = 256 << 10;
const CR = 13;
const LF = 10;

type SipSession = Session<SipTransaction>;

/** Messages on a TCP stream. */
export function* messages(session: SipSession, toServer: boolean): Reading<void> {
  const socket = toServer ? session.client : session.server;
  for (;;) {
    if (!(yield* skipEmptyLines(socket))) return;
    const length = yield* waitForHead(socket);
    if (length === undefined) {
      if (socket.state === 'limit') fail(session, toServer, 'incomplete_data');
      return;
    }
    const at = socket.position;
    const head = parseHead(socket.view.subarray(socket.offset, socket.offset + length));
    if (!head || (head.request !== undefined) !== toServer) {
      fail(session, toServer, 'invalid_data');
      return;
    }
    const body = contentLength(head) ?? 0;
    const transaction = begin(session, head, toServer);
    addFrames(session, transaction, toServer, at, length, body);
    socket.skip(length);
    if (!(yield* readBody(socket, transaction, body))) return;
    session.advance(transaction, toServer, COMPLETE);
  }
}

/** The message of a datagram; keep-alive datagrams are ignored. */
export function datagram(
  session: SipSession,
  bytes: Uint8Array,
  start: number,
  end: number,
  toServer: boolean,
): void {
  let at = start;
  while (at < end && (bytes[at] === CR || bytes[at] === LF || bytes[at] === 0)) at++;
  if (at === end) return;
  const length = headLength(bytes, at, end, 0) ?? 0;
  const head = length > 0 ? parseHead(bytes.subarray(at, at + length)) : undefined;
  if (!head || (head.request !== undefined) !== toServer) {
    fail(session, toServer, length > 0 ? 'invalid_data' : 'incomplete_data');
    return;
  }
  const transaction = begin(session, head, toServer);
  addFrames(session, transaction, toServer, at - start, length, end - at - length);
  if (carriesSdp(head)) transaction.sdp = parseSdp(bytes.subarray(at + length, end));
  session.advance(transaction, toServer, COMPLETE);
}

/** Empty lines may precede a message (RFC 3261 7.5), and serve as keep-alive (RFC 5626 3.5.1). */
function* skipEmptyLines(socket: StreamSocket): Reading<boolean> {
  for (;;) {
    if (!(yield* socket.wait(1))) return false;
    const first = socket.view[socket.offset];
    if (first !== CR && first !== LF) return true;
    socket.skip(1);
  }
}

/** @returns bytes up to and including the empty line, undefined if it does not arrive */
function* waitForHead(socket: StreamSocket): Reading<number | undefined> {
  for (let looked = 0; ; ) {
    const { available, offset } = socket;
    const length = headLength(socket.view, offset, offset + available, looked);
    if (length !== undefined) return length;
    if (available >= MAX_HEAD_LENGTH) {
      socket.state = 'limit';
      return undefined;
    }
    looked = Math.max(0, available - 3);
    if (!(yield* socket.wait(available + 1))) return undefined;
  }
}

/** Bytes up to and including the first empty line; up to `looked`, its end is known to be absent. */
function headLength(bytes: Uint8Array, start: number, end: number, looked: number): number | undefined {
  for (let at = start + looked; at < end; at++) {
    if (bytes[at] !== LF) continue;
    if (bytes[at + 1] === LF && at + 1 < end) return at + 2 - start;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF && at + 2 < end) return at + 3 - start;
  }
  return undefined;
}

/** @returns false if the stream ends before */
function* readBody(socket: StreamSocket, transaction: SipTransaction, length: number): Reading<boolean> {
  if (length > MAX_DESCRIPTION_LENGTH || !carriesSdp(transaction.head!)) return yield* socket.discard(length);
  const body = yield* socket.read(length);
  if (body) transaction.sdp = parseSdp(body);
  return body !== undefined;
}

function begin(session: SipSession, head: MessageHead | undefined, toServer: boolean): SipTransaction {
  return session.begin(new SipTransaction(session.transactionCount, head, toServer));
}

function addFrames(
  session: SipSession,
  transaction: SipTransaction,
  toServer: boolean,
  at: number,
  length: number,
  body: number,
): void {
  if (!session.frames) return;
  const { firstLength, fieldsLength } = transaction.head!;
  const kind = toServer ? 'request' : 'response';
  session.frame('pdu', toServer, at, length + body, transaction);
  session.frame(`${kind}.line`, toServer, at, firstLength, transaction);
  session.frame(`${kind}.headers`, toServer, at + firstLength, fieldsLength, transaction);
  if (body > 0) session.frame(`${kind}.body`, toServer, at + length, body, transaction);
}

/** The data is not a message of this direction: parsing stops. */
function fail(session: SipSession, toServer: boolean, event: (typeof EVENTS)[number]): void {
  const transaction = begin(session, undefined, toServer);
  session.event(transaction, event, toServer);
  session.advance(transaction, toServer, COMPLETE);
  session.failed = true;
}
