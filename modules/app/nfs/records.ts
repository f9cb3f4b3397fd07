/** Messages on a TCP stream, each in fragments behind their lengths (RFC 5531 11). */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint32 } from '../../../engine/network-order.js';
import type { NfsConversation } from './conversation.js';
import type { NfsSession, Rest } from './transfers.js';
import { padded } from './xdr.js';

/** Bytes of a length. */
const MARK = 4;
const LAST = 0x80000000;
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
    const mark = yield* socket.read(MARK);
    if (!mark) break;
    const word = uint32(mark, 0);
    if (!(yield* fragment(socket, conversation(), toServer, word & ~LAST))) break;
    if (!(word & LAST) && !(yield* skipFragments(socket))) break;
  }
  if (socket.state === 'end' || socket.state === 'reset') conversation().transfers.ended(toServer);
}

/** @returns false when the stream cannot be read any more */
function* fragment(
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
      conversation.transfers.lost(rest, Math.min(socket.missing, rest.length));
      rest.length -= Math.min(socket.missing, rest.length);
      left -= socket.missing;
      socket.resume();
    } else return false;
  }
  return yield* socket.discard(behind);
}

/** Further fragments of a message whose beginning was read. */
function* skipFragments(socket: StreamSocket): Reading<boolean> {
  for (;;) {
    const mark = yield* socket.read(MARK);
    if (!mark) return false;
    const isLast = (mark[0]! & 0x80) !== 0;
    const length = uint32(mark, 0) & 0x7fffffff;
    if (!(yield* socket.discard(length))) return false;
    if (isLast) return true;
  }
}
