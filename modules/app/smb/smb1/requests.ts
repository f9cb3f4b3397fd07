/** Requests by command. */
import type { Connection } from '../connection.js';
import { deliverData } from '../file-data.js';
import type { Block } from './block.js';
import { handleReadRequest, plainWrite, writeOf } from './data.js';
import {
  handleCallRequest,
  handleCloseRequest,
  handleCreateRequest,
  handleFileInformationRequest,
  handleRenameRequest,
} from './files.js';
import * as Command from './header.js';
import { handleNegotiateRequest, handleSetupRequest, handleTreeRequest } from './session-setup.js';

type Handler = (connection: Connection, block: Block, header: Command.Header) => void;

const REQUESTS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [Command.NEGOTIATE, handleNegotiateRequest],
  [Command.SESSION_SETUP, handleSetupRequest],
  [Command.TREE_CONNECT, handleTreeRequest],
  [Command.CREATE, handleCreateRequest],
  [Command.READ_ANDX, handleReadRequest],
  [
    Command.WRITE_ANDX,
    (connection, block, header) => deliverData(block.m, writeOf(connection, block, header)),
  ],
  [
    Command.WRITE,
    (connection, block, header) => deliverData(block.m, plainWrite(connection, block, header, 3)),
  ],
  [Command.WRITE_AND_CLOSE, writeAndClose],
  [Command.CLOSE, handleCloseRequest],
  [Command.TRANS, handleCallRequest],
  [Command.TRANS2, handleFileInformationRequest],
  [Command.RENAME, handleRenameRequest],
]);

function writeAndClose(connection: Connection, block: Block, header: Command.Header): void {
  deliverData(block.m, plainWrite(connection, block, header, 1));
  handleCloseRequest(connection, block, header);
}

/** @param isFirst whether it is the first command of the message */
export function handleRequest(
  connection: Connection,
  block: Block,
  header: Command.Header,
  isFirst: boolean,
): void {
  const take = REQUESTS.get(header.command);
  if (take) take(connection, block, header);
  else if (isFirst) connection.addRequest(header, 'generic');
}
