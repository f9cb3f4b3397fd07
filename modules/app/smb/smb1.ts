/** Messages of SMB1 (MS-CIFS 2.2, MS-SMB 2.2). */
import type { Connection, Place } from './connection.js';
import type { Fields } from './fields.js';
import { guidText } from './guid.js';
import { isKnownCommand } from './names.js';
import { takeBlob } from './setup.js';
import { isPipeShare, type MessageData, NO_TIMES, pieceOf, readAsked } from './smb2.js';
import type { SmbTransaction } from './transaction.js';

export const HEADER = 32;
const [CLOSE, RENAME, WRITE, TRANS, WRITE_AND_CLOSE] = [0x04, 0x07, 0x0b, 0x25, 0x2c];
const [READ_ANDX, WRITE_ANDX, TRANS2, TREE_DISCONNECT, NEGOTIATE] = [0x2e, 0x2f, 0x32, 0x71, 0x72];
const [SESSION_SETUP, LOGOFF, TREE_CONNECT, CREATE] = [0x73, 0x74, 0x75, 0xa2];
const NO_COMMAND = 0xff;
/** Commands that begin with another command behind them (MS-CIFS 2.2.3.4). */
const ANDX: ReadonlySet<number> = new Set([
  0x24,
  0x2d,
  READ_ANDX,
  WRITE_ANDX,
  SESSION_SETUP,
  LOGOFF,
  TREE_CONNECT,
  CREATE,
]);
const LONGEST_CHAIN = 8;
/** Commands that only what they carry is told of. */
const UNTOLD: ReadonlySet<number> = new Set([READ_ANDX, WRITE_ANDX, WRITE, TRANS, TRANS2]);
const TRANSACT_PIPE = 0x26;
const RESPONSE_FLAG = 0x80;
const [UNICODE, NT_STATUS] = [0x8000, 0x4000];

export interface Header extends Place {
  readonly status: number;
  readonly isDos: boolean;
  readonly isResponse: boolean;
  readonly isWide: boolean;
}

export function readHeader(m: Fields): Header {
  const flags = m.u16(10);
  return {
    version: 1,
    command: m.u8(4),
    status: m.u32(5),
    isDos: (flags & NT_STATUS) === 0 && m.u32(5) !== 0,
    isResponse: (m.u8(9) & RESPONSE_FLAG) !== 0,
    isWide: (flags & UNICODE) !== 0,
    treeId: m.u16(24),
    sessionId: BigInt(m.u16(28)),
    // Apart from those of SMB2.
    key: -1 - (m.u16(30) + m.u16(26) * 65536),
  };
}

/** One of the commands of a message: its words and bytes, with places counted from the header. */
interface Block {
  readonly m: Fields;
  readonly words: number;
  readonly wordCount: number;
  readonly bytes: number;
  readonly end: number;
}

function blockAt(m: Fields, at: number): Block {
  const wordCount = m.u8(at);
  const bytes = at + 1 + 2 * wordCount + 2;
  return { m, words: at + 1, wordCount, bytes, end: Math.min(m.length, bytes + m.u16(bytes - 2)) };
}

export function takeMessage(connection: Connection, m: Fields, header: Header, toServer: boolean): void {
  if (!isKnownCommand(1, header.command)) {
    connection.report('malformed_data', toServer, 1);
    return;
  }
  // A server tells of locks that it breaks by a request.
  if (header.isResponse === toServer && header.command !== 0x24)
    connection.report(toServer ? 'response_to_server' : 'request_to_client', toServer, 1);
  let command = header.command;
  let at = HEADER;
  for (let i = 0; i < LONGEST_CHAIN; i++) {
    const place = { ...header, command };
    const block = blockAt(m, at);
    if (header.isResponse) takeResponse(connection, block, place, i === 0);
    else takeRequest(connection, block, place, i === 0);
    const next = ANDX.has(command) && block.wordCount >= 2 ? m.u8(block.words) : NO_COMMAND;
    const place2 = m.u16(block.words + 2);
    if (next === NO_COMMAND || place2 <= at || place2 >= m.length) return;
    command = next;
    at = place2;
  }
}

const fidText = (fid: number) => fid.toString(16).padStart(4, '0');

// ── reads and writes ──

/** Whether a message is a write or what is read, and nothing else. @param m at least its header and words */
export function carriesData(m: Fields, toServer: boolean): boolean {
  const { command, isResponse } = readHeader(m);
  const isData = isResponse !== toServer && command === (toServer ? WRITE_ANDX : READ_ANDX);
  return isData && m.u8(HEADER + 1) === NO_COMMAND;
}

/** The data of a message; undefined where it carries none. See SMB2's. */
export function dataOf(
  connection: Connection,
  m: Fields,
  header: Header,
  toServer: boolean,
  whole: number,
): MessageData | undefined {
  const block = blockAt(m, HEADER);
  return toServer ? writeOf(connection, block, header, whole) : readOf(connection, block, header, whole);
}

function writeOf(
  connection: Connection,
  { m, words, wordCount }: Block,
  header: Header,
  whole = m.length,
): MessageData | undefined {
  const start = m.u16(words + 22);
  if (wordCount < 12 || start < HEADER) return undefined;
  const high = wordCount >= 14 ? m.u32(words + 24) : 0;
  const piece = {
    fuid: fidText(m.u16(words + 4)),
    offset: m.u32(words + 6) + high * 2 ** 32,
    length: m.u16(words + 18) * 65536 + m.u16(words + 20),
    start,
  };
  return pieceOf(connection, m, header, piece, true, whole);
}

function readOf(
  connection: Connection,
  { m, words, wordCount }: Block,
  header: Header,
  whole = m.length,
): MessageData | undefined {
  const read = readAsked(connection, header);
  const [length, start] = [m.u16(words + 10) + m.u16(words + 14) * 65536, m.u16(words + 12)];
  if (!read || wordCount < 12 || start < HEADER) return undefined;
  return pieceOf(connection, m, header, { ...read, start, length }, false, whole);
}

function give(m: Fields, data: MessageData | undefined): void {
  if (!data) return;
  data.sink.data(m.part(data.start, data.length));
  data.sink.end();
}

// ── requests ──

function takeRequest(connection: Connection, block: Block, header: Header, isFirst: boolean): void {
  const { m, words } = block;
  switch (header.command) {
    case NEGOTIATE:
      askNegotiate(connection, block, header);
      return;
    case SESSION_SETUP:
      askSetup(connection, block, header);
      return;
    case TREE_CONNECT:
      askTree(connection, block, header);
      return;
    case CREATE:
      askCreate(connection, block, header);
      return;
    case READ_ANDX:
      askRead(connection, block, header);
      return;
    case WRITE_ANDX:
      give(m, writeOf(connection, block, header));
      return;
    case WRITE:
      give(m, plainWrite(connection, block, header, 3));
      return;
    case WRITE_AND_CLOSE:
      give(m, plainWrite(connection, block, header, 1));
      connection.ask(header, 'generic');
      connection.closeFile(fidText(m.u16(words)));
      return;
    case CLOSE:
      connection.ask(header, 'generic');
      connection.closeFile(fidText(m.u16(words)));
      return;
    case TRANS:
      askTransaction(connection, block, header);
      return;
    case TRANS2:
      askFileInformation(connection, block, header);
      return;
    case RENAME: {
      const [from, behind] = formattedText(block, block.bytes, header.isWide);
      const [to] = formattedText(block, behind, header.isWide);
      connection.ask(header, 'rename').detail.rename = { from, to };
      return;
    }
    default:
      if (isFirst && !UNTOLD.has(header.command)) connection.ask(header, 'generic');
  }
}

/** A write of old: bytes behind a head of `skipped` bytes. */
function plainWrite(
  connection: Connection,
  { m, words, bytes }: Block,
  header: Header,
  skipped: number,
): MessageData | undefined {
  const piece = { fuid: fidText(m.u16(words)), offset: m.u32(words + 4), start: bytes + skipped };
  return pieceOf(connection, m, header, { ...piece, length: m.u16(words + 2) }, true, m.length);
}

/** A text behind the byte that says that one follows (MS-CIFS 2.2.1.1). */
function formattedText({ m }: Block, at: number, isWide: boolean): [string, number] {
  return m.text(isWide ? even(at + 1) : at + 1, isWide);
}

/** UTF-16 begins at an even place. */
const even = (at: number): number => at + (at & 1);

function askNegotiate(connection: Connection, { m, bytes, end }: Block, header: Header): void {
  const dialects: string[] = [];
  let at = bytes;
  while (at < end && m.u8(at) === 2 && dialects.length < 64) {
    const [dialect, behind] = m.text(at + 1, false);
    dialects.push(dialect);
    at = behind;
  }
  const transaction = connection.ask(header, 'negotiate');
  if (at < end || dialects.length === 0)
    connection.session.event(transaction, 'negotiate_malformed_dialects');
  transaction.detail.negotiate = { clientDialects: dialects };
}

function askSetup(connection: Connection, { m, words, wordCount, bytes }: Block, header: Header): void {
  const transaction = connection.ask(header, 'session_setup');
  transaction.detail.setup = {};
  let at = bytes;
  if (wordCount === 12) {
    const length = m.u16(words + 14);
    takeBlob(connection, transaction, m.part(bytes, length));
    at += length;
  } else if (wordCount === 13) {
    at += m.u16(words + 14) + m.u16(words + 16);
    if (header.isWide) at = even(at);
    // Account and domain come before what the client is.
    for (let i = 0; i < 2; i++) [, at] = m.text(at, header.isWide);
  } else return;
  transaction.detail.setup.request = nativeNames(m, at, header.isWide);
}

function nativeNames(m: Fields, at: number, isWide: boolean): { native_os: string; native_lm: string } {
  const [native_os, behind] = m.text(isWide ? even(at) : at, isWide);
  const [native_lm] = m.text(behind, isWide);
  return { native_os, native_lm };
}

function askTree(connection: Connection, { m, words, bytes }: Block, header: Header): void {
  const at = bytes + m.u16(words + 6);
  const [share, behind] = m.text(header.isWide ? even(at) : at, header.isWide);
  const [service] = m.text(behind, false);
  connection.ask(header, 'tree_connect').detail.tree = {
    share,
    isPipe: service === 'IPC' || isPipeShare(share),
    service: { request: service },
  };
}

function askCreate(connection: Connection, { m, words, bytes }: Block, header: Header): void {
  const options = m.u32(words + 39);
  const length = m.u16(words + 5);
  connection.ask(header, 'create').detail.create = {
    filename: m.wide(header.isWide ? even(bytes) : bytes, length),
    isDirectory: (options & 0x1) !== 0,
    deleteOnClose: (options & 0x1000) !== 0,
    disposition: m.u32(words + 35),
    ...NO_TIMES,
  };
}

function askRead(connection: Connection, { m, words, wordCount }: Block, { key, command }: Header): void {
  const high = wordCount >= 12 ? m.u32(words + 20) : 0;
  const read = { fuid: fidText(m.u16(words + 4)), offset: m.u32(words + 6) + high * 2 ** 32 };
  const { maxRead } = connection.settings;
  if (maxRead > 0 && m.u16(words + 10) > maxRead) connection.report('read_request_too_large', true, 1);
  connection.waiting.set(key, { command, read });
}

/** TRANS: a call in a pipe (MS-CIFS 2.2.5.6). */
function askTransaction(connection: Connection, { m, words, wordCount }: Block, header: Header): void {
  if (wordCount < 16 || m.u16(words + 28) !== TRANSACT_PIPE) return;
  const fuid = fidText(m.u16(words + 30));
  const data = m.part(m.u16(words + 24), m.u16(words + 22));
  const call = connection.pipeData(header, fuid, data, true);
  connection.waiting.set(header.key, { command: header.command, pipe: { fuid, call } });
}

const [SET_PATH_INFORMATION, SET_FILE_INFORMATION] = [6, 8];
/** Levels of information that mark a file to be deleted: of SMB, and passed through to NT (MS-SMB 2.2.2.3.5). */
const DISPOSITION: ReadonlySet<number> = new Set([0x102, 0x3f5]);

/** TRANS2: what is told of a file is whether it will be deleted (MS-CIFS 2.2.6.7, 2.2.6.9). */
function askFileInformation(connection: Connection, { m, words, wordCount }: Block, header: Header): void {
  if (wordCount < 15) return;
  const subcommand = m.u16(words + 28);
  const [at, data] = [m.u16(words + 20), m.u16(words + 24)];
  const isPath = subcommand === SET_PATH_INFORMATION;
  if (!(isPath || subcommand === SET_FILE_INFORMATION)) return;
  if (!DISPOSITION.has(m.u16(isPath ? at : at + 2))) return;
  const fuid = isPath ? undefined : fidText(m.u16(at));
  connection.ask(header, 'set_file_path_info').detail.fileInfo = {
    filename: fuid === undefined ? m.text(at + 6, header.isWide)[0] : connection.nameOf(fuid),
    fuid,
    deleteOnClose: (m.u8(data) & 1) !== 0,
    class: isPath ? 'PATH_INFO' : 'FILE_INFO',
    level: 'FILE_DISPOSITION_INFO',
  };
}

// ── responses ──

function takeResponse(connection: Connection, block: Block, header: Header, isFirst: boolean): void {
  const { m, words } = block;
  const { command, status, isDos } = header;
  if (command === READ_ANDX) {
    give(m, readOf(connection, block, header));
    return;
  }
  const waiting = isFirst ? connection.waiting.take(header.key) : undefined;
  if (waiting?.pipe && command === TRANS) {
    const data = m.part(m.u16(words + 14), m.u16(words + 12));
    connection.pipeData(header, waiting.pipe.fuid, data, false, status);
    connection.pipeAnswered(waiting.pipe.call, status, isDos);
  }
  const transaction = waiting?.transaction ?? chained(connection, header);
  if (!transaction || transaction.command !== command) return;
  if (command === SESSION_SETUP) transaction.sessionId = header.sessionId;
  if (command === NEGOTIATE && status === 0) answerNegotiate(connection, block, transaction);
  if (command === SESSION_SETUP) answerSetup(block, header, transaction);
  if (command === TREE_CONNECT && status === 0) answerTree(connection, block, header, transaction);
  if (command === CREATE && status === 0) answerCreate(connection, block, transaction);
  if (command === TREE_DISCONNECT && status === 0) connection.trees.take(header.treeId);
  connection.answer(transaction, status, isDos);
}

/** The transaction of a command that came behind another in one message. */
function chained({ session }: Connection, { command, isResponse }: Header): SmbTransaction | undefined {
  if (!isResponse) return undefined;
  return session.transactions.find(
    each =>
      each.version === 1 &&
      each.command === command &&
      each.status === undefined &&
      !session.isComplete(each),
  );
}

const EXTENDED_SECURITY = 0x80000000;

function answerNegotiate(
  connection: Connection,
  { m, words, wordCount, bytes, end }: Block,
  transaction: SmbTransaction,
): void {
  const { negotiate } = transaction.detail;
  if (!negotiate) return;
  connection.dialect = negotiate.clientDialects[m.u16(words)] ?? 'unknown';
  if (wordCount === 17 && (m.u32(words + 19) & EXTENDED_SECURITY) !== 0 && end - bytes >= 16)
    negotiate.serverGuid = guidText(m.bytes, bytes);
}

function answerSetup(
  { m, words, wordCount, bytes }: Block,
  { isWide }: Header,
  transaction: SmbTransaction,
): void {
  if (wordCount !== 3 && wordCount !== 4) return;
  const at = bytes + (wordCount === 4 ? m.u16(words + 6) : 0);
  transaction.detail.setup ??= {};
  transaction.detail.setup.response = nativeNames(m, at, isWide);
}

function answerTree(
  connection: Connection,
  { m, bytes }: Block,
  header: Header,
  transaction: SmbTransaction,
): void {
  const { tree } = transaction.detail;
  if (!tree) return;
  const [service] = m.text(bytes, false);
  tree.service = { request: tree.service?.request ?? '', response: service };
  tree.isPipe = service === 'IPC';
  transaction.treeId = header.treeId;
  connection.trees.set(header.treeId, tree);
}

function answerCreate(
  connection: Connection,
  { m, words, wordCount }: Block,
  transaction: SmbTransaction,
): void {
  const { create } = transaction.detail;
  if (!create || wordCount < 34) return;
  const fuid = fidText(m.u16(words + 5));
  create.fuid = fuid;
  create.created = m.time(words + 11);
  create.accessed = m.time(words + 19);
  create.modified = m.time(words + 27);
  create.changed = m.time(words + 35);
  create.size = m.u64(words + 55);
  connection.names.set(fuid, create.filename);
}
