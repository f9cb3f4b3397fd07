/** Records of a connection: each with a NetBIOS header (RFC 1002 4.3) followed by an SMB message. */
import type { Reading, SocketState, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint24 } from '../../../engine/packet/network-order.js';
import type { Connection } from './connection.js';
import { Fields } from './fields.js';
import { DATA_START, type MessageData } from './file-data.js';
import * as Smb1 from './smb1.js';
import * as Smb2 from './smb2.js';

/** Bytes before a message. */
export const NBSS = 4;
/** Bytes of a message that are needed to know whether it carries data, and at which offset. */
const HEAD = 112;
const SMB1 = 0xff;
const SMB2 = 0xfe;
const SMB3 = 0xfd;
const COMPRESSED = 0xfc;

/** The first byte of an SMB message at `at`; 0 if there is none. */
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
      // If a record ends elsewhere than its length says, the next one is searched for.
      if (end === socket.position && socket.state === 'open') continue;
      if (!(yield* this.recover(end))) return;
    }
  }

  /** Reads one record. @returns its end */
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
    this.addFrames('nbss', position, NBSS, NBSS + length);
    if (type !== 0) {
      yield* socket.discard(NBSS + length);
      return end;
    }
    if (!(yield* socket.wait(NBSS + Math.min(length, 4)))) return end;
    yield* this.message(length, end);
    return end;
  }

  private *message(length: number, end: number): Reading<void> {
    const { socket, toServer, connection } = this;
    const protocol = length >= 4 ? protocolAt(socket.view, socket.offset + NBSS) : 0;
    socket.skip(NBSS);
    if (protocol === SMB3) this.addFrames('smb3', socket.position, SMB3_HEADER, length);
    if (protocol === SMB2) yield* this.compound(end);
    else if (protocol === SMB1) yield* this.single(length, end);
    else if (protocol === 0) connection.report('malformed_data', toServer);
    if (socket.state === 'open') yield* socket.discard(end - socket.position);
  }

  /** SMB1: a message, with any number of commands. */
  private *single(length: number, end: number): Reading<void> {
    if (length < Smb1.HEADER) this.connection.report('malformed_data', this.toServer, 1);
    else yield* this.readMessage(Smb1, end);
  }

  /** SMB2: several messages in one record (MS-SMB2 3.2.4.1.4). */
  private *compound(end: number): Reading<void> {
    const { socket, toServer, connection } = this;
    for (let left = end - socket.position; left > 0; left = end - socket.position) {
      if (!(yield* socket.wait(Math.min(left, Smb2.HEADER)))) return;
      if (left < Smb2.HEADER || protocolAt(socket.view, socket.offset) !== SMB2) {
        connection.report('malformed_data', toServer);
        return;
      }
      const { next } = Smb2.readHeader(this.peek(Smb2.HEADER));
      const behind = next > 0 ? Math.min(end, socket.position + next) : end;
      yield* this.readMessage(Smb2, behind);
      if (socket.state !== 'open' || (next > 0 && next < Smb2.HEADER)) return;
      yield* socket.discard(behind - socket.position);
    }
  }

  /** A message: the data of a read or write is passed on as it arrives, other messages are read as a whole. */
  private *readMessage(version: typeof Smb1 | typeof Smb2, end: number): Reading<void> {
    const { socket, connection, toServer } = this;
    const length = end - socket.position;
    if (!(yield* socket.wait(Math.min(length, HEAD)))) return;
    const start = version.dataStart(this.peek(length), toServer);
    if (start !== undefined && !(yield* socket.wait(Math.min(length, start + DATA_START)))) return;
    const isWhole = socket.available >= length;
    if (isWhole || start !== undefined || length <= socket.limit)
      this.addFrames(version.layer, socket.position, version.HEADER, length);
    if (!isWhole && start !== undefined) {
      const data = version.dataOf(connection, this.peek(length), toServer, length);
      if (!data) return;
      socket.skip(data.start);
      yield* this.deliverData(data, data.length);
    } else if (isWhole || (length <= socket.limit && (yield* socket.wait(length)))) {
      version.takeMessage(connection, this.peek(length), toServer);
    }
  }

  /** The available part of the next bytes. */
  private peek(length: number): Fields {
    const { view, offset, available } = this.socket;
    return new Fields(view.subarray(offset, offset + Math.min(length, available)));
  }

  private *deliverData({ sink }: MessageData, length: number): Reading<void> {
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

  /** Frames of a layer: the whole, its header and its data. */
  private addFrames(layer: string, position: number, header: number, length: number): void {
    const { session } = this.connection;
    if (!session.frames) return;
    const { toServer } = this;
    session.frame(`${layer}.pdu`, toServer, position, length);
    session.frame(`${layer}.hdr`, toServer, position, Math.min(header, length));
    if (length > header) session.frame(`${layer}.data`, toServer, position + header, length - header);
  }

  // ── gaps ──

  /** Continues after missing or invalid bytes: at the end of the record, or where another one begins. */
  private *recover(end: number): Reading<boolean> {
    const { socket } = this;
    for (;;) {
      if (socket.state === 'gap') socket.resume();
      if (socket.state !== 'open') return false;
      const found =
        end >= socket.position ? yield* socket.discard(end - socket.position) : yield* this.search();
      if (found) return true;
      // There may be another gap by now.
      if ((socket.state as SocketState) !== 'gap') return false;
    }
  }

  /** Skips to the next record with an SMB message. */
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
