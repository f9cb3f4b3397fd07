/** Messages on a TCP stream, each in fragments behind their lengths (RFC 5531 11). */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint32 } from '../../../engine/network-order.js';
import type { NfsConversation } from './conversation.js';
import { Fragments, LAST, MARK } from './fragments.js';
import { findMessage, MESSAGE_HEAD } from './recognition.js';
import type { NfsSession, Rest } from './transfers.js';
import { padded } from './xdr.js';

/** Bytes of a message that are looked at; of a longer one all that matters is there, but data of files. */
const HEAD = 4096;

/** @param conversation made when it is first asked for */
export function* records(
  session: NfsSession,
  conversation: () => NfsConversation,
  toServer: boolean,
): Reading<void> {
  const socket = toServer ? session.client : session.server;
  for (;;) {
    if (yield* message(socket, conversation, toServer)) continue;
    if (!(yield* search(socket, toServer))) break;
  }
  if (socket.state === 'end' || socket.state === 'reset') conversation().transfers.ended(toServer);
}

/** @returns false when the next message cannot be read */
function* message(
  socket: StreamSocket,
  conversation: () => NfsConversation,
  toServer: boolean,
): Reading<boolean> {
  const mark = yield* socket.read(MARK);
  if (!mark) return false;
  const word = uint32(mark, 0);
  const read = (word & LAST) !== 0 ? whole : parted;
  return yield* read(socket, conversation(), toServer, word & ~LAST);
}

/** Behind a gap: passes all up to where a message may begin. @returns false when the stream is over */
function* search(socket: StreamSocket, toServer: boolean): Reading<boolean> {
  while (socket.state === 'gap') {
    socket.resume();
    for (let needed = 1; yield* socket.wait(needed); needed = socket.available + 1) {
      const { view, offset, available } = socket;
      socket.skip(findMessage(view, offset, offset + available, toServer) - offset);
      if (socket.available >= MESSAGE_HEAD) return true;
    }
  }
  return false;
}

function* whole(
  socket: StreamSocket,
  conversation: NfsConversation,
  toServer: boolean,
  length: number,
): Reading<boolean> {
  const size = Math.min(length, HEAD);
  if (!(yield* socket.wait(size))) return false;
  const { view, offset } = socket;
  const place = { at: socket.position, length, mark: MARK };
  const rest = toServer
    ? conversation.call(view, offset, offset + size, place)
    : conversation.reply(view, offset, offset + size, place);
  socket.skip(size);
  const left = length - size;
  return rest ? yield* data(socket, conversation, rest, left) : yield* socket.discard(left);
}

/** Data of a file as it comes, and what lies behind it in the fragment. */
function* data(
  socket: StreamSocket,
  conversation: NfsConversation,
  rest: Rest,
  length: number,
): Reading<boolean> {
  const behind = Math.max(0, length - padded(rest.length));
  let left = length - behind;
  rest.length = Math.min(rest.length, left);
  while (left > 0) {
    const bytes = yield* socket.recv(left);
    if (bytes) {
      const taken = Math.min(bytes.length, rest.length);
      rest.length -= taken;
      left -= bytes.length;
      if (taken > 0) conversation.transfers.more(rest, bytes, 0, taken);
    } else if (socket.state === 'gap' && socket.missing <= left) {
      const lost = Math.min(socket.missing, rest.length);
      rest.length -= lost;
      if (lost > 0) conversation.transfers.lost(rest, lost);
      left -= socket.missing;
      socket.resume();
    } else return false;
  }
  return yield* socket.discard(behind);
}

/** A message in several fragments. @param length of the first */
function* parted(
  socket: StreamSocket,
  conversation: NfsConversation,
  toServer: boolean,
  length: number,
): Reading<boolean> {
  const place = { at: socket.position, length, mark: MARK };
  const fragments = new Fragments(socket, length);
  const head = new GrowingBytes();
  for (let bytes = yield* fragments.recv(HEAD); bytes; bytes = yield* fragments.recv(HEAD - head.length)) {
    head.append(bytes);
    if (head.length >= HEAD) break;
  }
  if (head.length < HEAD && !fragments.isOver) return false;
  const rest = toServer
    ? conversation.call(head.view(), 0, head.length, place)
    : conversation.reply(head.view(), 0, head.length, place);
  for (let bytes = yield* fragments.recv(); bytes; bytes = yield* fragments.recv()) {
    const taken = rest ? Math.min(bytes.length, rest.length) : 0;
    if (!rest || taken === 0) continue;
    rest.length -= taken;
    conversation.transfers.more(rest, bytes, 0, taken);
  }
  return fragments.isOver;
}
