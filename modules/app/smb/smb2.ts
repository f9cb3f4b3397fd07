/** Messages of SMB2 and 3 (MS-SMB2 2.2). */
import type { Connection, DataSink, Place, Waiting } from './connection.js';
import { Fields } from './fields.js';
import { guidText } from './guid.js';
import { dialectName, functionName, isKnownCommand } from './names.js';
import { isCall } from './pipe.js';
import { takeBlob } from './setup.js';
import type { SmbTransaction } from './transaction.js';

export const HEADER = 64;
/** Data of a read or write begins within these bytes of a message; and as many of the data tell what it is. */
export const DATA_HEAD = 240;
export const DATA_START = 16;
const WRITE_HEAD = HEADER + 48;

const [NEGOTIATE, SESSION_SETUP, TREE_CONNECT, TREE_DISCONNECT, CREATE, CLOSE] = [0, 1, 3, 4, 5, 6];
const [READ, WRITE, IOCTL, GET_INFO, SET_INFO, OPLOCK_BREAK] = [8, 9, 11, 16, 17, 18];
const PENDING = 0x103;
const BUFFER_OVERFLOW = 0x80000005;
const PIPE_TRANSCEIVE = 0x0011c017;
const RESPONSE_FLAG = 1;
const ASYNC_FLAG = 2;
/** Commands that only what they carry is told of. */
const UNTOLD: ReadonlySet<number> = new Set([READ, WRITE, GET_INFO, SET_INFO]);

export interface Header extends Place {
  readonly status: number;
  readonly isResponse: boolean;
  /** Bytes to the next message of the same record; 0: this is the last. */
  readonly next: number;
}

export function readHeader(m: Fields): Header {
  const flags = m.u32(16);
  return {
    version: 2,
    command: m.u16(12),
    status: m.u32(8),
    isResponse: (flags & RESPONSE_FLAG) !== 0,
    next: m.u32(20),
    key: m.u64(24),
    treeId: (flags & ASYNC_FLAG) !== 0 ? 0 : m.u32(36),
    sessionId: m.exact64(40),
  };
}

/** A message that is all there. */
export function takeMessage(connection: Connection, m: Fields, header: Header, toServer: boolean): void {
  if (!isKnownCommand(2, header.command)) {
    connection.report('malformed_data', toServer);
    return;
  }
  if (header.isResponse === toServer && header.command !== OPLOCK_BREAK)
    connection.report(toServer ? 'response_to_server' : 'request_to_client', toServer);
  const data = dataOf(connection, m, header, toServer, m.length);
  if (data) {
    data.sink.data(m.part(data.start, data.length));
    data.sink.end();
  }
  if (!header.isResponse) takeRequest(connection, m, header);
  else if (header.status !== PENDING) takeResponse(connection, m, header);
}

/** Bytes of a file or pipe within a message. */
export interface MessageData {
  readonly sink: DataSink;
  /** From the first byte of the message. */
  readonly start: number;
  readonly length: number;
}

/** Whether a message is a write or what is read, and the last of its record. @param m at least its header */
export function carriesData(m: Fields, toServer: boolean): boolean {
  const { command, isResponse, next } = readHeader(m);
  return next === 0 && isResponse !== toServer && command === (toServer ? WRITE : READ);
}

/**
 * The data of a message; undefined where it carries none.
 * @param m the first bytes of the message: its head and `DATA_START` bytes of data, or all of it
 * @param whole length of the message
 */
export function dataOf(
  connection: Connection,
  m: Fields,
  header: Header,
  toServer: boolean,
  whole: number,
): MessageData | undefined {
  if (header.isResponse === toServer || header.command !== (toServer ? WRITE : READ)) return undefined;
  return toServer ? writeOf(connection, m, header, whole) : readOf(connection, m, header, whole);
}

function writeOf(connection: Connection, m: Fields, header: Header, whole: number): MessageData | undefined {
  const [start, length, offset] = [m.u16(HEADER + 2), m.u32(HEADER + 4), m.u64(HEADER + 8)];
  if (start < WRITE_HEAD) return undefined;
  const piece = { fuid: guidText(m.bytes, HEADER + 16), offset, start, length };
  return pieceOf(connection, m, header, piece, true, whole);
}

function readOf(connection: Connection, m: Fields, header: Header, whole: number): MessageData | undefined {
  const read = readAsked(connection, header);
  const [start, length] = [m.u8(HEADER + 2), m.u32(HEADER + 4)];
  if (!read || start < HEADER + 16) return undefined;
  return pieceOf(connection, m, header, { ...read, start, length }, false, whole);
}

/** The read that a response answers, where it did. */
export function readAsked(
  { waiting }: Connection,
  { key, status }: { readonly key: number; readonly status: number },
): Waiting['read'] {
  const { read } = waiting.get(key) ?? {};
  if (read) waiting.take(key);
  return status === 0 || status === BUFFER_OVERFLOW ? read : undefined;
}

/** A piece of a file or pipe in a message. */
export interface Piece {
  readonly fuid: string;
  readonly offset: number;
  /** Where it begins in the message, and how many bytes it has. */
  readonly start: number;
  readonly length: number;
}

/** Where the bytes of a piece go; those that the message does not have are not waited for. */
export function pieceOf(
  connection: Connection,
  m: Fields,
  header: Place & { readonly status: number },
  { fuid, offset, start, length }: Piece,
  toServer: boolean,
  whole: number,
): MessageData | undefined {
  const { maxRead, maxWrite } = connection.settings;
  const most = toServer ? maxWrite : maxRead;
  if (most > 0 && length > most) {
    connection.report(
      toServer ? 'write_request_too_large' : 'read_response_too_large',
      toServer,
      header.version,
    );
    return undefined;
  }
  const there = Math.min(length, whole - start);
  if (start > DATA_HEAD || there <= 0) return undefined;
  const isPipe =
    connection.isPipe(header.treeId) ?? isCall(m.bytes, start, Math.min(m.length, start + there));
  const sink = isPipe
    ? connection.pipeSink(header, fuid, toServer, header.status)
    : connection.fileSink(header, fuid, offset, there, toServer);
  return { sink, start, length: there };
}

// ── requests ──

export function takeRequest(connection: Connection, m: Fields, header: Header): void {
  switch (header.command) {
    case NEGOTIATE:
      askNegotiate(connection, m, header);
      return;
    case SESSION_SETUP: {
      const transaction = connection.ask(header, 'session_setup');
      takeBlob(connection, transaction, m.part(m.u16(HEADER + 12), m.u16(HEADER + 14)));
      return;
    }
    case TREE_CONNECT: {
      const share = m.wide(m.u16(HEADER + 4), m.u16(HEADER + 6));
      connection.ask(header, 'tree_connect').detail.tree = { share, isPipe: isPipeShare(share) };
      return;
    }
    case CREATE:
      askCreate(connection, m, header);
      return;
    case READ:
      askRead(connection, m, header);
      return;
    case IOCTL:
      askIoctl(connection, m, header);
      return;
    case SET_INFO:
      askSetInfo(connection, m, header);
      return;
    case CLOSE:
      connection.ask(header, 'generic');
      connection.closeFile(guidText(m.bytes, HEADER + 8));
      return;
    default:
      if (!UNTOLD.has(header.command)) connection.ask(header, 'generic');
  }
}

/** The share of pipes, as it is called on all servers. */
export const isPipeShare = (share: string): boolean => /(^|\\)IPC\$$/i.test(share);

function askNegotiate(connection: Connection, m: Fields, header: Header): void {
  const count = Math.min(m.u16(HEADER + 2), 64);
  const transaction = connection.ask(header, 'negotiate');
  if (HEADER + 36 + 2 * count > m.length)
    connection.session.event(transaction, 'negotiate_malformed_dialects');
  transaction.detail.negotiate = {
    clientDialects: Array.from({ length: count }, (_, i) => dialectName(m.u16(HEADER + 36 + 2 * i))),
    clientGuid: guidText(m.bytes, HEADER + 12),
  };
}

/** The file that the request before in the same record opens (MS-SMB2 3.3.5.2.7.2). */
const THE_ONE_BEFORE = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function askCreate(connection: Connection, m: Fields, header: Header): void {
  const options = m.u32(HEADER + 40);
  const filename = m.wide(m.u16(HEADER + 44), m.u16(HEADER + 46));
  connection.names.set(THE_ONE_BEFORE, filename);
  connection.ask(header, 'create').detail.create = {
    filename,
    isDirectory: (options & 0x1) !== 0,
    deleteOnClose: (options & 0x1000) !== 0,
    disposition: m.u32(HEADER + 36),
    ...NO_TIMES,
  };
}

export const NO_TIMES = { created: 0, accessed: 0, modified: 0, changed: 0, size: 0, fuid: undefined };

function askRead(connection: Connection, m: Fields, { key, command }: Header): void {
  const { maxRead } = connection.settings;
  if (maxRead > 0 && m.u32(HEADER + 4) > maxRead) connection.report('read_request_too_large', true);
  const fuid = guidText(m.bytes, HEADER + 16);
  connection.waiting.set(key, { command, read: { fuid, offset: m.u64(HEADER + 8) } });
}

function askIoctl(connection: Connection, m: Fields, header: Header): void {
  const code = m.u32(HEADER + 4);
  const fuid = guidText(m.bytes, HEADER + 8);
  const input = m.part(m.u32(HEADER + 24), m.u32(HEADER + 28));
  if (code === PIPE_TRANSCEIVE && connection.isPipe(header.treeId) !== false) {
    const call = connection.pipeData(header, fuid, input, true);
    connection.waiting.set(header.key, { command: header.command, pipe: { fuid, call } });
    return;
  }
  connection.ask(header, 'ioctl').detail.ioctl = functionName(code);
}

const [RENAME_INFO, DISPOSITION_INFO] = [10, 13];

function askSetInfo(connection: Connection, m: Fields, header: Header): void {
  const [type, level] = [m.u8(HEADER + 2), m.u8(HEADER + 3)];
  const fuid = guidText(m.bytes, HEADER + 16);
  const filename = connection.nameOf(fuid);
  const content = new Fields(m.part(m.u16(HEADER + 8), m.u32(HEADER + 4)));
  if (type !== 1) return;
  if (level === RENAME_INFO) {
    const to = content.wide(20, content.u32(16));
    connection.ask(header, 'rename').detail.rename = { from: filename, to, fuid };
  } else if (level === DISPOSITION_INFO) {
    connection.ask(header, 'set_file_path_info').detail.fileInfo = {
      filename,
      fuid,
      deleteOnClose: (content.u8(0) & 1) !== 0,
      class: 'FILE_INFO',
      level: 'FILE_DISPOSITION_INFO',
    };
  }
}

// ── responses ──

function takeResponse(connection: Connection, m: Fields, header: Header): void {
  const waiting = connection.waiting.take(header.key) ?? negotiatedBefore(connection, header);
  if (!waiting) return;
  const { transaction, pipe } = waiting;
  const { status } = header;
  if (pipe !== undefined && header.command === IOCTL) {
    const output = m.part(m.u32(HEADER + 32), m.u32(HEADER + 36));
    connection.pipeData(header, pipe.fuid, output, false, status);
    connection.pipeAnswered(pipe.call, status);
  }
  if (!transaction) return;
  if (header.command === NEGOTIATE && status === 0) answerNegotiate(connection, m, transaction);
  if (header.command === SESSION_SETUP) transaction.sessionId = header.sessionId;
  if (header.command === TREE_CONNECT && status === 0) answerTree(connection, m, header, transaction);
  if (header.command === CREATE && status === 0) answerCreate(connection, m, transaction);
  if (header.command === TREE_DISCONNECT && status === 0) connection.trees.take(header.treeId);
  connection.answer(transaction, status);
}

/** A client that begins with SMB1 may be answered in SMB2. */
function negotiatedBefore(
  connection: Connection,
  { command }: Header,
): { transaction: SmbTransaction; pipe?: never } | undefined {
  if (command !== NEGOTIATE) return undefined;
  const transaction = connection.session.transactions.find(
    each => each.version === 1 && each.kind === 'negotiate' && !connection.session.isComplete(each),
  );
  return transaction && { transaction };
}

function answerNegotiate(connection: Connection, m: Fields, transaction: SmbTransaction): void {
  connection.dialect = dialectName(m.u16(HEADER + 4));
  const [maxReadSize, maxWriteSize] = [m.u32(HEADER + 32), m.u32(HEADER + 36)];
  const { session, settings } = connection;
  if (settings.maxRead > 0 && maxReadSize > settings.maxRead)
    session.event(transaction, 'negotiate_max_read_size_too_large');
  if (settings.maxWrite > 0 && maxWriteSize > settings.maxWrite)
    session.event(transaction, 'negotiate_max_write_size_too_large');
  transaction.detail.negotiate = {
    clientDialects: [],
    ...transaction.detail.negotiate,
    serverGuid: guidText(m.bytes, HEADER + 8),
    maxReadSize,
    maxWriteSize,
  };
}

const SHARE_TYPES = ['unknown', 'FILE', 'PIPE', 'PRINT'];

function answerTree(connection: Connection, m: Fields, header: Header, transaction: SmbTransaction): void {
  const { tree } = transaction.detail;
  if (!tree) return;
  const type = m.u8(HEADER + 2);
  tree.shareType = SHARE_TYPES[type] ?? 'unknown';
  tree.isPipe = type === 2;
  transaction.treeId = header.treeId;
  connection.trees.set(header.treeId, tree);
}

function answerCreate(connection: Connection, m: Fields, transaction: SmbTransaction): void {
  const { create } = transaction.detail;
  if (!create) return;
  const fuid = guidText(m.bytes, HEADER + 64);
  create.fuid = fuid;
  create.created = m.time(HEADER + 8);
  create.accessed = m.time(HEADER + 16);
  create.modified = m.time(HEADER + 24);
  create.changed = m.time(HEADER + 32);
  create.size = m.u64(HEADER + 48);
  connection.names.set(fuid, create.filename);
}
