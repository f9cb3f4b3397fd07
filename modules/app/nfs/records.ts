/** Messages on a TCP stream, in fragments preceded by their lengths (RFC 5531 11). */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint32 } from '../../../engine/packet/network-order.js';
import type { NfsConnection } from './connection.js';
import { Fragments, LAST, MARK } from './fragments.js';
import { findMessage, MESSAGE_HEAD } from './recognition.js';
import type { IncompleteData, NfsSession } from './transfers.js';
import { padded } from './xdr.js';

/** Bytes of a message that are parsed; in a longer one, they contain everything relevant except file data. */
const HEAD = 4096;
const NOTHING = new Uint8Array(0);

/** @param connection created on first use */
export function* records(
  session: NfsSession,
  connection: () => NfsConnection,
  toServer: boolean,
): Reading<void> {
  const socket = toServer ? session.client : session.server;
  for (;;) {
    if (yield* message(socket, connection, toServer)) continue;
    if (!(yield* resynchronize(socket, toServer))) break;
  }
  if (socket.state === 'end' || socket.state === 'reset')
    connection().transfers.ended(toServer, socket.truncated);
}

/** @returns false if the next message cannot be read */
function* message(
  socket: StreamSocket,
  connection: () => NfsConnection,
  toServer: boolean,
): Reading<boolean> {
  const mark = yield* socket.peek(MARK);
  if (!mark) return false;
  const word = uint32(mark, 0);
  const read = (word & LAST) !== 0 ? readUnfragmented : readFragmented;
  return yield* read(socket, connection(), toServer, word & ~LAST);
}

/** After a gap: skips to where a message may begin. @returns false if the stream has ended */
function* resynchronize(socket: StreamSocket, toServer: boolean): Reading<boolean> {
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

/** The mark is not consumed until the message is available: frames begin with it. */
function* readUnfragmented(
  socket: StreamSocket,
  connection: NfsConnection,
  toServer: boolean,
  length: number,
): Reading<boolean> {
  const size = Math.min(length, HEAD);
  if (!(yield* socket.wait(MARK + size))) return false;
  socket.skip(MARK);
  const { view, offset } = socket;
  const place = { at: socket.position, length, mark: MARK };
  const rest = toServer
    ? connection.call(view, offset, offset + size, place)
    : connection.reply(view, offset, offset + size, place);
  return yield* readAfterHead(socket, connection, rest, size, length);
}

/**
 * File data after the parsed part of a message, and operations after the data.
 * @param size parsed bytes  @param length of these and everything after them
 */
function* readAfterHead(
  socket: StreamSocket,
  connection: NfsConnection,
  rest: IncompleteData | undefined,
  size: number,
  length: number,
): Reading<boolean> {
  const taken = rest?.more && rest.length === 0 ? Math.min(length, rest.more.at) : size;
  if (!(yield* socket.discard(taken))) return false;
  const left = rest ? yield* readFileData(socket, connection, rest, length - taken) : length - taken;
  if (left === undefined) return false;
  if (!rest?.more || left === 0) return yield* socket.discard(left);
  const next = Math.min(left, HEAD);
  if (!(yield* socket.wait(next))) return false;
  const { view, offset } = socket;
  const further = connection.addOperationsAfterData(rest.more, view, offset, offset + next);
  return yield* readAfterHead(socket, connection, further, next, left);
}

/** File data as it arrives. @returns bytes after it in the fragment, undefined if the stream has ended */
function* readFileData(
  socket: StreamSocket,
  connection: NfsConnection,
  rest: IncompleteData,
  length: number,
): Reading<number | undefined> {
  const behind = Math.max(0, length - padded(rest.length));
  let left = length - behind;
  rest.length = Math.min(rest.length, left);
  while (left > 0) {
    const bytes = yield* socket.recv(left);
    if (bytes) {
      const taken = Math.min(bytes.length, rest.length);
      rest.length -= taken;
      left -= bytes.length;
      if (taken > 0) connection.transfers.addData(rest, bytes, 0, taken);
    } else if (socket.state === 'gap' && socket.missing <= left) {
      const lost = Math.min(socket.missing, rest.length);
      rest.length -= lost;
      if (lost > 0) connection.transfers.lost(rest, lost);
      left -= socket.missing;
      socket.resume();
    } else return undefined;
  }
  return behind;
}

/** A message in several fragments. @param length of the first */
function* readFragmented(
  socket: StreamSocket,
  connection: NfsConnection,
  toServer: boolean,
  length: number,
): Reading<boolean> {
  socket.skip(MARK);
  const place = { at: socket.position, length, mark: MARK };
  const fragments = new Fragments(socket, length);
  let head = new GrowingBytes();
  yield* readHead(fragments, head);
  if (head.length < HEAD && !fragments.isFinished) return false;
  let rest = toServer
    ? connection.call(head.view(), 0, head.length, place)
    : connection.reply(head.view(), 0, head.length, place);
  while (rest) {
    const known = rest.length === 0 && rest.more ? head.slice(Math.min(head.length, rest.more.at)) : NOTHING;
    const fill = rest.length > 0 ? padded(rest.length) : (rest.more?.at ?? 0) - head.length;
    if (known.length === 0) yield* readFragmentedData(fragments, connection, rest, fill);
    if (!rest.more) break;
    head = new GrowingBytes();
    head.append(known);
    yield* readHead(fragments, head);
    rest = connection.addOperationsAfterData(rest.more, head.view(), 0, head.length);
  }
  while (yield* fragments.recv());
  return fragments.isFinished;
}

/** As many bytes as are parsed, or all that exist. */
function* readHead(fragments: Fragments, head: GrowingBytes): Reading<void> {
  while (head.length < HEAD) {
    const bytes = yield* fragments.recv(HEAD - head.length);
    if (!bytes) return;
    head.append(bytes);
  }
}

/** File data. @param length including the padding to four bytes */
function* readFragmentedData(
  fragments: Fragments,
  connection: NfsConnection,
  rest: IncompleteData,
  length: number,
): Reading<void> {
  for (let left = length; left > 0; ) {
    const bytes = yield* fragments.recv(left);
    if (!bytes) return;
    left -= bytes.length;
    const taken = Math.min(bytes.length, rest.length);
    rest.length -= taken;
    if (taken > 0) connection.transfers.addData(rest, bytes, 0, taken);
  }
}
