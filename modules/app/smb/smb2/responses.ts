/** Responses: each completes the transaction of its request. */
import type { Connection, PendingRequest } from '../connection.js';
import type { Fields } from '../fields.js';
import { NEGOTIATE as SMB1_NEGOTIATE } from '../smb1/header.js';
import type { SmbTransaction } from '../transaction.js';
import { handleCreateResponse } from './files.js';
import * as Command from './header.js';
import { handleNegotiateResponse, handleTreeResponse } from './session-setup.js';

type Header = Command.Header;
const { HEADER } = Command;

export function handleResponse(connection: Connection, m: Fields, header: Header): void {
  const { transaction, pipe } = connection.pending.take(header.key) ?? negotiatedBefore(connection, header);
  if (pipe && header.command === Command.IOCTL) handleCallResponse(connection, m, header, pipe);
  if (!transaction) return;
  if (header.command === Command.SESSION_SETUP) transaction.sessionId = header.sessionId;
  if (header.status === 0) handleSuccess(connection, m, header, transaction);
  connection.addResponse(transaction, header.status);
}

/** A client that begins with SMB1 may be answered with SMB2. */
function negotiatedBefore(
  connection: Connection,
  { command }: Header,
): Pick<PendingRequest, 'transaction' | 'pipe'> {
  if (command !== Command.NEGOTIATE) return {};
  const transaction = connection.oldestRequest({ version: 1, command: SMB1_NEGOTIATE });
  return transaction ? { transaction } : {};
}

function handleCallResponse(
  connection: Connection,
  m: Fields,
  header: Header,
  { fuid, call }: NonNullable<PendingRequest['pipe']>,
): void {
  const output = m.part(m.u32(HEADER + 32), m.u32(HEADER + 36));
  connection.pipeData(header, fuid, output, false, header.status);
  connection.endFailedCall(call, header.status);
}

/** Processes a successful response. */
function handleSuccess(connection: Connection, m: Fields, header: Header, transaction: SmbTransaction): void {
  const { command } = header;
  if (command === Command.NEGOTIATE) handleNegotiateResponse(connection, m, transaction);
  if (command === Command.TREE_CONNECT) handleTreeResponse(connection, m, header, transaction);
  if (command === Command.CREATE) handleCreateResponse(connection, m, transaction);
  if (command === Command.TREE_DISCONNECT) connection.trees.take(header.treeId);
}
