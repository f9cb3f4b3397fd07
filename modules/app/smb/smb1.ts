/** Messages of SMB1 (MS-CIFS 2.2, MS-SMB 2.2). */
import { isAdmitted } from './admission.js';
import type { Connection } from './connection.js';
import type { Fields } from './fields.js';
import { blockAt } from './smb1/block.js';
import { continueCall } from './smb1/files.js';
import * as Command from './smb1/header.js';
import { HEADER, readHeader } from './smb1/header.js';
import { handleRequest } from './smb1/requests.js';
import { handleResponse } from './smb1/responses.js';

export { dataOf, dataStart } from './smb1/data.js';
export { HEADER, readHeader } from './smb1/header.js';

/** Name of its frames. */
export const layer = 'smb1';

/** Commands that may be followed by another one in the same message (MS-CIFS 2.2.3.4). */
const ANDX: ReadonlySet<number> = new Set([
  Command.LOCKING_ANDX,
  Command.OPEN_ANDX,
  Command.READ_ANDX,
  Command.WRITE_ANDX,
  Command.SESSION_SETUP,
  Command.LOGOFF,
  Command.TREE_CONNECT,
  Command.CREATE,
]);
const MAX_CHAIN_LENGTH = 8;

/** Processes a complete message. */
export function takeMessage(connection: Connection, m: Fields, toServer: boolean): void {
  const header = readHeader(m);
  if (header.command === Command.TRANS_SECONDARY && !header.isResponse)
    continueCall(connection, blockAt(m, HEADER), header);
  if (!isAdmitted(connection, header, toServer, Command.LOCKING_ANDX)) return;
  let command = header.command;
  let at = HEADER;
  for (let i = 0; i < MAX_CHAIN_LENGTH; i++) {
    const own = { ...header, command };
    const block = blockAt(m, at);
    if (header.isResponse) handleResponse(connection, block, own, i === 0);
    else handleRequest(connection, block, own, i === 0);
    const next = ANDX.has(command) && block.wordCount >= 2 ? m.u8(block.words) : Command.NO_COMMAND;
    const behind = m.u16(block.words + 2);
    if (next === Command.NO_COMMAND || behind <= at || behind >= m.length) return;
    command = next;
    at = behind;
  }
}
