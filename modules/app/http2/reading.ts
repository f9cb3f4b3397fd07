/** Reads one direction of a connection, frame by frame. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { latin1 } from '../../../engine/latin1.js';
import type { Connection } from './connection.js';
import {
  CONTINUATION,
  DATA,
  FRAME_HEADER,
  type FrameHeader,
  PADDED,
  PREFACE,
  parseFrameHeader,
} from './frame.js';
import type { MessageBody } from './message-body.js';

/** Maximum length of frames that are read as a whole; RFC 9113 allows longer ones, but they are not needed. */
const MAX_WHOLE_FRAME = 1 << 18;

export function* readFrames(connection: Connection, toServer: boolean): Reading<void> {
  const { client, server } = connection.session;
  const socket = toServer ? client : server;
  if (toServer && !(yield* readPreface(connection, socket))) return;
  for (;;) {
    const bytes = yield* socket.read(FRAME_HEADER);
    if (!bytes) return;
    const header = parseFrameHeader(bytes);
    addFrames(connection, socket.position, header, toServer);
    if (!header.valid) {
      connection.streams.reportGlobal(toServer, 'invalid_frame_header');
      connection.session.failed = true;
      return;
    }
    if (!(yield* readFrame(connection, socket, header, toServer))) return;
  }
}

/** @param position after the header of the frame */
function addFrames(
  { session }: Connection,
  position: number,
  { length }: FrameHeader,
  toServer: boolean,
): void {
  session.frame('pdu', toServer, position - FRAME_HEADER, FRAME_HEADER + length);
  session.frame('hdr', toServer, position - FRAME_HEADER, FRAME_HEADER);
  session.frame('data', toServer, position, length);
}

function* readPreface(connection: Connection, socket: StreamSocket): Reading<boolean> {
  const bytes = yield* socket.read(PREFACE.length);
  if (!bytes) return false;
  if (latin1(bytes) === PREFACE) return true;
  connection.streams.reportGlobal(true, 'invalid_client_magic');
  return false;
}

/** @returns false if the stream has ended */
function* readFrame(
  connection: Connection,
  socket: StreamSocket,
  header: FrameHeader,
  toServer: boolean,
): Reading<boolean> {
  if (header.type === DATA) return yield* readData(connection, socket, header, toServer);
  if (header.length > MAX_WHOLE_FRAME || header.type > CONTINUATION) {
    if (header.length > MAX_WHOLE_FRAME) connection.streams.reportGlobal(toServer, 'long_frame_data');
    return yield* socket.discard(header.length);
  }
  const payload = yield* socket.read(header.length);
  if (!payload) return false;
  if (header.type === CONTINUATION) connection.continuation(header, payload, toServer);
  else connection.frame(header, payload, toServer);
  return true;
}

function* readData(
  connection: Connection,
  socket: StreamSocket,
  header: FrameHeader,
  toServer: boolean,
): Reading<boolean> {
  const body = connection.beginData(header, toServer);
  let padding = 0;
  let left = header.length;
  if ((header.flags & PADDED) !== 0 && left > 0) {
    const first = yield* socket.read(1);
    if (!first) return false;
    left--;
    padding = Math.min(first[0]!, left);
  }
  if (!(yield* readContent(socket, body, left - padding))) return false;
  if (!(yield* socket.discard(padding))) return false;
  connection.endData(header, toServer);
  return true;
}

function* readContent(socket: StreamSocket, body: MessageBody | undefined, length: number): Reading<boolean> {
  return (yield* socket.pass(length, body && (bytes => body.write(bytes)))) <= 0;
}
