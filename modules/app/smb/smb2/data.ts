/** Reads and writes (MS-SMB2 2.2.19 to 2.2.22). */
import type { Connection } from '../connection.js';
import type { Fields } from '../fields.js';
import {
  addReadRequest,
  type DataOf,
  deliverData,
  type MessageData,
  messageDataOf,
  takeReadRequest,
} from '../file-data.js';
import { guidText } from '../guid.js';
import { HEADER, type Header, READ, readHeader, WRITE } from './header.js';

const READ_HEAD = HEADER + 16;
const WRITE_HEAD = HEADER + 48;

/** Where the data of a write or read response begins; undefined for other messages. @param m at least its fixed part */
export function dataStart(m: Fields, toServer: boolean): number | undefined {
  if (!isData(readHeader(m), toServer)) return undefined;
  return toServer ? m.u16(HEADER + 2) : m.u8(HEADER + 2);
}

const isData = ({ isResponse, command }: Header, toServer: boolean): boolean =>
  isResponse !== toServer && command === (toServer ? WRITE : READ);

export const dataOf: DataOf = (connection, m, toServer, whole) =>
  (toServer ? writeOf : readOf)(connection, m, readHeader(m), whole);

/** Passes on the data of a complete message, if it carries any. */
export function takeData(connection: Connection, m: Fields, header: Header, toServer: boolean): void {
  if (isData(header, toServer))
    deliverData(m, (toServer ? writeOf : readOf)(connection, m, header, m.length));
}

function writeOf(connection: Connection, m: Fields, header: Header, whole: number): MessageData | undefined {
  const [start, length, offset] = [m.u16(HEADER + 2), m.u32(HEADER + 4), m.u64(HEADER + 8)];
  if (start < WRITE_HEAD) return undefined;
  const range = { fuid: guidText(m.bytes, HEADER + 16), offset, start, length };
  return messageDataOf(connection, m, header, range, true, whole);
}

export function handleReadRequest(connection: Connection, m: Fields, header: Header): void {
  const fuid = guidText(m.bytes, HEADER + 16);
  addReadRequest(connection, header, { fuid, offset: m.u64(HEADER + 8), length: m.u32(HEADER + 4) });
}

function readOf(connection: Connection, m: Fields, header: Header, whole: number): MessageData | undefined {
  const read = takeReadRequest(connection, header);
  const [start, length] = [m.u8(HEADER + 2), m.u32(HEADER + 4)];
  if (!read || start < READ_HEAD) return undefined;
  return messageDataOf(connection, m, header, { ...read, start, length }, false, whole);
}
