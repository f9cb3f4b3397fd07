/** Files and pipes: opened, renamed, marked to be deleted, closed; calls in pipes, and other functions. */
import type { Connection } from '../connection.js';
import { Fields } from '../fields.js';
import { guidText } from '../guid.js';
import { functionName } from '../names.js';
import { fileOpened, requestedFile } from '../open-file.js';
import type { SmbTransaction } from '../transaction.js';
import { HEADER, type Header } from './header.js';

/** The file opened by the preceding request in the same record (MS-SMB2 3.3.5.2.7.2). */
const PREVIOUS_FILE = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export function handleCreateRequest(connection: Connection, m: Fields, header: Header): void {
  const filename = m.wide(m.u16(HEADER + 44), m.u16(HEADER + 46));
  // The previous file with this identifier is complete.
  connection.closeFile(PREVIOUS_FILE);
  connection.names.set(PREVIOUS_FILE, filename);
  connection.addRequest(header, 'create').detail.create = requestedFile(
    filename,
    m.u32(HEADER + 40),
    m.u32(HEADER + 36),
  );
}

export function handleCreateResponse(connection: Connection, m: Fields, transaction: SmbTransaction): void {
  const { create } = transaction.detail;
  if (!create) return;
  const fuid = guidText(m.bytes, HEADER + 64);
  fileOpened(connection, create, m, { fuid, times: HEADER + 8, size: HEADER + 48 });
}

export function handleCloseRequest(connection: Connection, m: Fields, header: Header): void {
  connection.addRequest(header, 'generic');
  connection.closeFile(guidText(m.bytes, HEADER + 8));
}

const FILE_INFORMATION = 1;
const [RENAME_INFO, DISPOSITION_INFO] = [10, 13];

export function handleSetInfoRequest(connection: Connection, m: Fields, header: Header): void {
  const [type, level] = [m.u8(HEADER + 2), m.u8(HEADER + 3)];
  if (type !== FILE_INFORMATION) return;
  const fuid = guidText(m.bytes, HEADER + 16);
  const filename = connection.nameOf(fuid);
  const content = new Fields(m.part(m.u16(HEADER + 8), m.u32(HEADER + 4)));
  if (level === RENAME_INFO) {
    const to = content.wide(20, content.u32(16));
    connection.addRequest(header, 'rename').detail.rename = { from: filename, to, fuid };
  } else if (level === DISPOSITION_INFO) {
    connection.addRequest(header, 'set_file_path_info').detail.fileInfo = {
      filename,
      fuid,
      deleteOnClose: (content.u8(0) & 1) !== 0,
      class: 'FILE_INFO',
      level: 'FILE_DISPOSITION_INFO',
    };
  }
}

const PIPE_TRANSCEIVE = 0x0011c017;

export function handleIoctlRequest(connection: Connection, m: Fields, header: Header): void {
  const code = m.u32(HEADER + 4);
  const fuid = guidText(m.bytes, HEADER + 8);
  const input = m.part(m.u32(HEADER + 24), m.u32(HEADER + 28));
  if (code === PIPE_TRANSCEIVE && connection.isPipe(header.treeId) !== false) {
    const call = connection.pipeData(header, fuid, input, true);
    connection.pending.set(header.key, { command: header.command, pipe: { fuid, call } });
    return;
  }
  connection.addRequest(header, 'ioctl').detail.ioctl = functionName(code);
}
