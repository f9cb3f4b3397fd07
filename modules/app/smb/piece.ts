/** Pieces of files and pipes: what a message writes, or what was read. */
import type { Connection, DataSink, Place, Waiting } from './connection.js';
import type { Fields } from './fields.js';
import { isCall } from './pipe.js';

/** So many bytes of the data of a read or write tell what it is. */
export const DATA_START = 16;
const BUFFER_OVERFLOW = 0x80000005;
/** Status of a response that another will follow (MS-SMB2 3.3.4.4). */
export const PENDING = 0x103;

/** Bytes of a file or pipe within a message. */
export interface MessageData {
  readonly sink: DataSink;
  /** From the first byte of the message. */
  readonly start: number;
  readonly length: number;
}

/**
 * The data of a message that carries some; undefined where they cannot be taken.
 * @param m the first bytes of the message, up to and with `DATA_START` bytes of data, or all of it
 * @param whole length of the message
 */
export type DataOf = (
  connection: Connection,
  m: Fields,
  toServer: boolean,
  whole: number,
) => MessageData | undefined;

/** A piece of a file or pipe in a message. */
export interface Piece {
  readonly fuid: string;
  readonly offset: number;
  /** Where it begins in the message, and how many bytes it has. */
  readonly start: number;
  readonly length: number;
}

/** What a header says of a message that carries data. */
type DataPlace = Place & { readonly status: number };

/** Where the bytes of a piece go; those that the message does not have are not waited for. */
export function pieceOf(
  connection: Connection,
  m: Fields,
  header: DataPlace,
  { fuid, offset, start, length }: Piece,
  toServer: boolean,
  whole: number,
): MessageData | undefined {
  if (isTooLarge(connection, header, length, toServer)) return undefined;
  const there = Math.min(length, whole - start);
  if (there <= 0) return undefined;
  const isPipe =
    connection.isPipe(header.treeId) ?? isCall(m.bytes, start, Math.min(m.length, start + there));
  const sink = isPipe
    ? connection.pipeSink(header, fuid, toServer, header.status)
    : connection.fileSink(header, fuid, offset, there, toServer);
  return { sink, start, length: there };
}

function isTooLarge(connection: Connection, { version }: Place, length: number, toServer: boolean): boolean {
  const { maxRead, maxWrite } = connection.settings;
  const most = toServer ? maxWrite : maxRead;
  if (most === 0 || length <= most) return false;
  connection.report(toServer ? 'write_request_too_large' : 'read_response_too_large', toServer, version);
  return true;
}

/** Hands on data that is all there. */
export function give(m: Fields, data: MessageData | undefined): void {
  if (!data) return;
  data.sink.data(m.part(data.start, data.length));
  data.sink.end();
}

/** A read is asked for: its response says neither of which file it is, nor from where. */
export function askPiece(connection: Connection, place: Place, { fuid, offset, length }: Asked): void {
  const { maxRead } = connection.settings;
  if (maxRead > 0 && length > maxRead) connection.report('read_request_too_large', true, place.version);
  connection.waiting.set(place.key, { command: place.command, read: { fuid, offset } });
}

type Asked = Omit<Piece, 'start'>;

/** The read that a response answers, where it did. */
export function readAsked({ waiting }: Connection, { key, status }: DataPlace): Waiting['read'] {
  if (status === PENDING) return undefined;
  const { read } = waiting.get(key) ?? {};
  if (read) waiting.take(key);
  return status === 0 || status === BUFFER_OVERFLOW ? read : undefined;
}
