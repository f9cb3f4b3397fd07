/** Data of files and pipes: the data of a write, or of a read response. */
import type { CommonHeader, Connection, DataSink, PendingRequest } from './connection.js';
import type { Fields } from './fields.js';
import { isCall } from './pipe.js';

/** Number of data bytes of a read or write that are needed to identify the data. */
export const DATA_START = 16;
const BUFFER_OVERFLOW = 0x80000005;
/** Status of a response that will be followed by another (MS-SMB2 3.3.4.4). */
export const PENDING = 0x103;

/** Bytes of a file or pipe within a message. */
export interface MessageData {
  readonly sink: DataSink;
  /** From the first byte of the message. */
  readonly start: number;
  readonly length: number;
}

/**
 * The data in a message; undefined if there is none or it cannot be processed.
 * @param m the first bytes of the message, including at least `DATA_START` bytes of data, or all of it
 * @param whole length of the message
 */
export type DataOf = (
  connection: Connection,
  m: Fields,
  toServer: boolean,
  whole: number,
) => MessageData | undefined;

/** A range of a file or pipe in a message. */
export interface DataRange {
  readonly fuid: string;
  readonly offset: number;
  /** Its offset in the message, and its length in bytes. */
  readonly start: number;
  readonly length: number;
}

/** Header values of a message that carries data. */
type DataHeader = CommonHeader & { readonly status: number };

/** Where the bytes of a range go; bytes that the message does not contain are not awaited. */
export function messageDataOf(
  connection: Connection,
  m: Fields,
  header: DataHeader,
  { fuid, offset, start, length }: DataRange,
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

function isTooLarge(
  connection: Connection,
  { version }: CommonHeader,
  length: number,
  toServer: boolean,
): boolean {
  const { maxRead, maxWrite } = connection.settings;
  const most = toServer ? maxWrite : maxRead;
  if (most === 0 || length <= most) return false;
  connection.report(toServer ? 'write_request_too_large' : 'read_response_too_large', toServer, version);
  return true;
}

/** Passes on data that is complete. */
export function deliverData(m: Fields, data: MessageData | undefined): void {
  if (!data) return;
  data.sink.data(m.part(data.start, data.length));
  data.sink.end();
}

/** A read request: its response names neither the file nor the offset. */
export function addReadRequest(
  connection: Connection,
  header: CommonHeader,
  { fuid, offset, length }: ReadRange,
): void {
  const { maxRead } = connection.settings;
  if (maxRead > 0 && length > maxRead) connection.report('read_request_too_large', true, header.version);
  connection.pending.set(header.key, { command: header.command, read: { fuid, offset } });
}

type ReadRange = Omit<DataRange, 'start'>;

/** The read request that a response belongs to, if it succeeded. */
export function takeReadRequest(
  { pending }: Connection,
  { key, status }: DataHeader,
): PendingRequest['read'] {
  if (status === PENDING) return undefined;
  const { read } = pending.get(key) ?? {};
  if (read) pending.take(key);
  return status === 0 || status === BUFFER_OVERFLOW ? read : undefined;
}
