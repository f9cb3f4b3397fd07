/** Files and pipes: opened, renamed, marked to be deleted, closed; calls in pipes. */
import type { Connection } from '../connection.js';
import { fileOpened, requestedFile } from '../open-file.js';
import type { SmbTransaction } from '../transaction.js';
import { type Block, even, fidText } from './block.js';
import type { Header } from './header.js';

export function handleCreateRequest(
  connection: Connection,
  { m, words, bytes }: Block,
  header: Header,
): void {
  const filename = m.wide(header.isWide ? even(bytes) : bytes, m.u16(words + 5));
  connection.addRequest(header, 'create').detail.create = requestedFile(
    filename,
    m.u32(words + 39),
    m.u32(words + 35),
  );
}

export function handleCreateResponse(
  connection: Connection,
  { m, words, wordCount }: Block,
  transaction: SmbTransaction,
): void {
  const { create } = transaction.detail;
  if (!create || wordCount < 34) return;
  const fuid = fidText(m.u16(words + 5));
  fileOpened(connection, create, m, { fuid, times: words + 11, size: words + 55 });
}

export function handleRenameRequest(connection: Connection, block: Block, header: Header): void {
  const [from, behind] = formattedText(block, block.bytes, header.isWide);
  const [to] = formattedText(block, behind, header.isWide);
  connection.addRequest(header, 'rename').detail.rename = { from, to };
}

/** A text after the byte that announces it (MS-CIFS 2.2.1.1). */
function formattedText({ m }: Block, at: number, isWide: boolean): [string, number] {
  return m.text(isWide ? even(at + 1) : at + 1, isWide);
}

export function handleCloseRequest(connection: Connection, { m, words }: Block, header: Header): void {
  connection.addRequest(header, 'generic');
  connection.closeFile(fidText(m.u16(words)));
}

const [SET_PATH_INFORMATION, SET_FILE_INFORMATION] = [6, 8];
/** Information levels that mark a file for deletion: of SMB, and passed through to NT (MS-SMB 2.2.2.3.5). */
const DISPOSITION: ReadonlySet<number> = new Set([0x102, 0x3f5]);

/** TRANS2: only the deletion of a file is logged (MS-CIFS 2.2.6.7, 2.2.6.9). */
export function handleFileInformationRequest(
  connection: Connection,
  { m, words, wordCount }: Block,
  header: Header,
): void {
  if (wordCount < 15) return;
  const subcommand = m.u16(words + 28);
  const [at, data] = [m.u16(words + 20), m.u16(words + 24)];
  const isPath = subcommand === SET_PATH_INFORMATION;
  if (!(isPath || subcommand === SET_FILE_INFORMATION)) return;
  if (!DISPOSITION.has(m.u16(isPath ? at : at + 2))) return;
  const fuid = isPath ? undefined : fidText(m.u16(at));
  connection.addRequest(header, 'set_file_path_info').detail.fileInfo = {
    filename: fuid === undefined ? m.text(at + 6, header.isWide)[0] : connection.nameOf(fuid),
    fuid,
    deleteOnClose: (m.u8(data) & 1) !== 0,
    class: isPath ? 'PATH_INFO' : 'FILE_INFO',
    level: 'FILE_DISPOSITION_INFO',
  };
}

const TRANSACT_PIPE = 0x26;

/** TRANS: a call in a pipe (MS-CIFS 2.2.5.6). */
export function handleCallRequest(
  connection: Connection,
  { m, words, wordCount }: Block,
  header: Header,
): void {
  if (wordCount < 16 || m.u16(words + 28) !== TRANSACT_PIPE) return;
  const fuid = fidText(m.u16(words + 30));
  const data = m.part(m.u16(words + 24), m.u16(words + 22));
  const call = connection.pipeData(header, fuid, data, true);
  connection.pending.set(header.key, { command: header.command, pipe: { fuid, call } });
}

/** TRANS_SECONDARY: continues a call (MS-CIFS 2.2.4.34). */
export function continueCall(connection: Connection, { m, words, wordCount }: Block, header: Header): void {
  const waiting = connection.pending.get(header.key);
  if (!waiting?.pipe || wordCount < 8) return;
  const { fuid, call } = waiting.pipe;
  const data = m.part(m.u16(words + 12), m.u16(words + 10));
  const begun = connection.pipeData(header, fuid, data, true);
  connection.pending.set(header.key, { ...waiting, pipe: { fuid, call: begun ?? call } });
}
