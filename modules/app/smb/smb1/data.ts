/** Reads and writes (MS-CIFS 2.2.4.12, 2.2.4.40, 2.2.4.42, 2.2.4.43). */
import type { Connection } from '../connection.js';
import type { Fields } from '../fields.js';
import {
  addReadRequest,
  type DataOf,
  type MessageData,
  messageDataOf,
  takeReadRequest,
} from '../file-data.js';
import { type Block, blockAt, fidText } from './block.js';
import { HEADER, type Header, NO_COMMAND, READ_ANDX, readHeader, WRITE_ANDX } from './header.js';

/**
 * Where the data of a write or read response begins, if no other command follows; undefined for other messages.
 * @param m at least its header and words
 */
export function dataStart(m: Fields, toServer: boolean): number | undefined {
  const { command, isResponse } = readHeader(m);
  const isData = isResponse !== toServer && command === (toServer ? WRITE_ANDX : READ_ANDX);
  if (!isData || m.u8(HEADER + 1) !== NO_COMMAND) return undefined;
  const { words } = blockAt(m, HEADER);
  return m.u16(words + (toServer ? 22 : 12));
}

export const dataOf: DataOf = (connection, m, toServer, whole) =>
  (toServer ? writeOf : readOf)(connection, blockAt(m, HEADER), readHeader(m), whole);

export function writeOf(
  connection: Connection,
  { m, words, wordCount }: Block,
  header: Header,
  whole = m.length,
): MessageData | undefined {
  const start = m.u16(words + 22);
  if (wordCount < 12 || start < HEADER) return undefined;
  const high = wordCount >= 14 ? m.u32(words + 24) : 0;
  const range = {
    fuid: fidText(m.u16(words + 4)),
    offset: m.u32(words + 6) + high * 2 ** 32,
    length: m.u16(words + 18) * 65536 + m.u16(words + 20),
    start,
  };
  return messageDataOf(connection, m, header, range, true, whole);
}

/** An older form of write: bytes after `skipped` bytes of header. */
export function plainWrite(
  connection: Connection,
  { m, words, bytes }: Block,
  header: Header,
  skipped: number,
): MessageData | undefined {
  const range = { fuid: fidText(m.u16(words)), offset: m.u32(words + 4), start: bytes + skipped };
  return messageDataOf(connection, m, header, { ...range, length: m.u16(words + 2) }, true, m.length);
}

export function handleReadRequest(
  connection: Connection,
  { m, words, wordCount }: Block,
  header: Header,
): void {
  const high = wordCount >= 12 ? m.u32(words + 20) : 0;
  const offset = m.u32(words + 6) + high * 2 ** 32;
  addReadRequest(connection, header, { fuid: fidText(m.u16(words + 4)), offset, length: m.u16(words + 10) });
}

export function readOf(
  connection: Connection,
  { m, words, wordCount }: Block,
  header: Header,
  whole = m.length,
): MessageData | undefined {
  const read = takeReadRequest(connection, header);
  const [length, start] = [m.u16(words + 10) + m.u16(words + 14) * 65536, m.u16(words + 12)];
  if (!read || wordCount < 12 || start < HEADER) return undefined;
  return messageDataOf(connection, m, header, { ...read, start, length }, false, whole);
}
