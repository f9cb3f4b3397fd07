/** Responses: each completes the transaction of its request. */
import type { Connection, PendingRequest } from '../connection.js';
import { deliverData } from '../file-data.js';
import type { SmbTransaction } from '../transaction.js';
import type { Block } from './block.js';
import { readOf } from './data.js';
import { handleCreateResponse } from './files.js';
import * as Command from './header.js';
import { handleNegotiateResponse, handleSetupResponse, handleTreeResponse } from './session-setup.js';

type Header = Command.Header;

/** @param isFirst whether it is the first command of the message */
export function handleResponse(connection: Connection, block: Block, header: Header, isFirst: boolean): void {
  if (header.command === Command.READ_ANDX) {
    deliverData(block.m, readOf(connection, block, header));
    return;
  }
  const waiting = isFirst ? connection.pending.take(header.key) : undefined;
  if (waiting?.pipe && header.command === Command.TRANS)
    handleCallResponse(connection, block, header, waiting.pipe);
  // Commands that follow another one in a message have no key of their own.
  const transaction = waiting?.transaction ?? connection.oldestRequest(header);
  if (!transaction || transaction.command !== header.command) return;
  handleSuccess(connection, block, header, transaction);
  connection.addResponse(transaction, header.status, header.isDos);
}

function handleCallResponse(
  connection: Connection,
  { m, words }: Block,
  header: Header,
  { fuid, call }: NonNullable<PendingRequest['pipe']>,
): void {
  const data = m.part(m.u16(words + 14), m.u16(words + 12));
  connection.pipeData(header, fuid, data, false, header.status);
  connection.endFailedCall(call, header.status, header.isDos);
}

function handleSuccess(
  connection: Connection,
  block: Block,
  header: Header,
  transaction: SmbTransaction,
): void {
  const { command, status } = header;
  if (command === Command.SESSION_SETUP) {
    transaction.sessionId = header.sessionId;
    handleSetupResponse(block, header, transaction);
  }
  if (status !== 0) return;
  if (command === Command.NEGOTIATE) handleNegotiateResponse(connection, block, transaction);
  if (command === Command.TREE_CONNECT) handleTreeResponse(connection, block, header, transaction);
  if (command === Command.CREATE) handleCreateResponse(connection, block, transaction);
  if (command === Command.TREE_DISCONNECT) connection.trees.take(header.treeId);
}
