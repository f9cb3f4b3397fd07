/** Records of a connection: each behind a header of NetBIOS (RFC 1002 4.3), with a message of SMB in it. */
import type { Reading, SocketState, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint24 } from '../../../engine/network-order.js';
import type { Connection } from './connection.js';
import { Fields } from './fields.js';
import { DATA_HEAD, DATA_START, type MessageData } from './piece.js';
import * as Smb1 from './smb1.js';
import * as Smb2 from './smb2.js';

/** Bytes before a message. */
export const NBSS = 4;
/** Bytes of a message that tell what it is, with the first of its data. */
const HEAD = DATA_HEAD + DATA_START;
const SMB1 = 0xff;
const SMB2 = 0xfe;
const SMB3 = 0xfd;
const COMPRESSED = 0xfc;

/** The first byte of a message of SMB at `at`; 0 where there is none. */
export function protocolAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const isSmb = bytes[at + 1] === 0x53 && bytes[at + 2] === 0x4d && bytes[at + 3] === 0x42;
  return isSmb && first >= COMPRESSED ? first : 0;
}

export const isSessionType = (type: number): boolean => type === 0 || (type >= 0x81 && type <= 0x85);

export class RecordReader {
  private readonly socket: StreamSocket;

  constructor(
    private readonly connection: Connection,
    private readonly toServer: boolean,
  ) {
    const { client, server } = connection.session;
    this.socket = toServer ? client : server;
  }

  *read(): Reading<void> {
    const { socket } = this;
    for (;;) {
      const end = (yield* socket.wait(NBSS)) ? yield* this.record() : socket.position;
      // Where a record ends elsewhere than it said, the next one is looked for.
      if (end === socket.position && socket.state === 'open') continue;
      if (!(yield* this.recover(end))) return;
    }
  }

  /** Reads one record. @returns where it ends */
  private *record(): Reading<number> {
    const { socket, toServer } = this;
    const { view, offset, position } = socket;
    const type = view[offset]!;
    const length = uint24(view, offset + 1);
    const end = position + NBSS + length;
    if (!isSessionType(type)) {
      this.connection.report('malformed_data', toServer);
      return position - 1;
    }
    this.note('nbss', position, NBSS, NBSS + length);
    if (type !== 0) {
      yield* socket.discard(NBSS + length);
      return end;
    }
    if (!(yield* socket.wait(NBSS + Math.min(length, HEAD)))) return end;
    yield* this.message(length, end);
    return end;
  }

  private *message(length: number, end: number): Reading<void> {
    const { socket, toServer, connection } = this;
    const start = socket.offset + NBSS;
    const protocol = length >= 4 ? protocolAt(socket.view, start) : 0;
    if (protocol === 0) {
      connection.report('malformed_data', toServer);
      yield* socket.discard(NBSS + length);
      return;
    }
    if (protocol === SMB3) this.note('smb3', socket.position + NBSS, SMB3_HEADER, length);
    const head = new Fields(socket.view.subarray(start, start + Math.min(length, socket.available - NBSS)));
    const isRead = protocol === SMB1 || protocol === SMB2;
    if (isRead && head.length < length && (yield* this.stream(protocol, head, length, end))) return;
    if (isRead && NBSS + length <= socket.limit) {
      if (!(yield* socket.wait(NBSS + length))) return;
      const at = socket.offset + NBSS;
      this.take(protocol, new Fields(socket.view.subarray(at, at + length)), socket.position + NBSS);
    }
    yield* socket.discard(end - socket.position);
  }

  /** Hands on the data of a read or write as it comes. @returns whether the message is one */
  private *stream(protocol: number, head: Fields, length: number, end: number): Reading<boolean> {
    const { socket, connection, toServer } = this;
    const message = socket.position + NBSS;
    const { layer, HEADER, carriesData, dataOf } = protocol === SMB2 ? Smb2 : Smb1;
    if (!carriesData(head, toServer)) return false;
    this.note(layer, message, HEADER, length);
    const data = dataOf(connection, head, toServer, length);
    if (data) {
      socket.skip(NBSS + data.start);
      yield* this.hand(data, data.length);
    }
    if (socket.state === 'open') yield* socket.discard(end - socket.position);
    return true;
  }

  private *hand({ sink }: MessageData, length: number): Reading<void> {
    const { socket } = this;
    const data = (bytes: Uint8Array) => sink.data(bytes);
    for (let left = yield* socket.pass(length, data); left > 0; left = yield* socket.pass(left, data)) {
      if (socket.state !== 'gap') break;
      const missing = Math.min(left, socket.missing);
      sink.gap(missing);
      left -= missing;
      if (socket.missing > missing) break;
      socket.resume();
    }
    sink.end();
  }

  /** A message that is all there, and those behind it in the same record. */
  private take(protocol: number, record: Fields, position: number): void {
    const { connection, toServer } = this;
    if (protocol === SMB1) {
      if (record.length < Smb1.HEADER) {
        connection.report('malformed_data', toServer, 1);
        return;
      }
      this.note('smb1', position, Smb1.HEADER, record.length);
      Smb1.takeMessage(connection, record, Smb1.readHeader(record), toServer);
      return;
    }
    for (let at = 0; at < record.length; ) {
      const rest = new Fields(record.bytes.subarray(at));
      if (rest.length < Smb2.HEADER || protocolAt(rest.bytes, 0) !== SMB2) {
        connection.report('malformed_data', toServer);
        return;
      }
      const header = Smb2.readHeader(rest);
      const length = header.next > 0 ? Math.min(header.next, rest.length) : rest.length;
      this.note('smb2', position + at, Smb2.HEADER, length);
      Smb2.takeMessage(connection, new Fields(rest.part(0, length)), header, toServer);
      if (header.next > 0 && header.next < Smb2.HEADER) return;
      at += length;
    }
  }

  /** Frames of a layer: the whole, its header and what is behind it. */
  private note(layer: string, position: number, header: number, length: number): void {
    const { session } = this.connection;
    if (!session.frames) return;
    const { toServer } = this;
    session.frame(`${layer}.pdu`, toServer, position, length);
    session.frame(`${layer}.hdr`, toServer, position, Math.min(header, length));
    if (length > header) session.frame(`${layer}.data`, toServer, position + header, length - header);
  }

  // ── gaps ──

  /** Goes on behind bytes that are missing or wrong: at the end of the record, or where another begins. */
  private *recover(end: number): Reading<boolean> {
    const { socket } = this;
    for (;;) {
      if (socket.state === 'gap') socket.resume();
      if (socket.state !== 'open') return false;
      const found =
        end >= socket.position ? yield* socket.discard(end - socket.position) : yield* this.search();
      if (found) return true;
      // Another gap may have come meanwhile.
      if ((socket.state as SocketState) !== 'gap') return false;
    }
  }

  /** Passes everything up to a record with a message of SMB. */
  private *search(): Reading<boolean> {
    const { socket } = this;
    for (;;) {
      if (!(yield* socket.wait(NBSS + 4))) return false;
      const { view, offset, available } = socket;
      let at = 0;
      while (at + 8 <= available && !(view[offset + at] === 0 && protocolAt(view, offset + at + NBSS) !== 0))
        at++;
      socket.skip(at);
      if (at + 8 <= available) return true;
    }
  }
}

/** Header of an encrypted message (MS-SMB2 2.2.41). */
const SMB3_HEADER = 52;
