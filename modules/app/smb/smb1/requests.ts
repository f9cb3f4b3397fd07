/** Requests by command. */
import type { Connection } from '../connection.js';
import { give } from '../piece.js';
import type { Block } from './block.js';
import { askRead, plainWrite, writeOf } from './data.js';
import { askCall, askClose, askCreate, askFileInformation, askRename } from './files.js';
import * as Command from './header.js';
import { askNegotiate, askSetup, askTree } from './logging-in.js';

type Take = (connection: Connection, block: Block, header: Command.Header) => void;

const REQUESTS: ReadonlyMap<number, Take> = new Map<number, Take>([
  [Command.NEGOTIATE, askNegotiate],
  [Command.SESSION_SETUP, askSetup],
  [Command.TREE_CONNECT, askTree],
  [Command.CREATE, askCreate],
  [Command.READ_ANDX, askRead],
  [Command.WRITE_ANDX, (connection, block, header) => give(block.m, writeOf(connection, block, header))],
  [Command.WRITE, (connection, block, header) => give(block.m, plainWrite(connection, block, header, 3))],
  [Command.WRITE_AND_CLOSE, writeAndClose],
  [Command.CLOSE, askClose],
  [Command.TRANS, askCall],
  [Command.TRANS2, askFileInformation],
  [Command.RENAME, askRename],
]);

function writeAndClose(connection: Connection, block: Block, header: Command.Header): void {
  give(block.m, plainWrite(connection, block, header, 1));
  askClose(connection, block, header);
}

/** @param isFirst whether it is the first command of the message */
export function takeRequest(
  connection: Connection,
  block: Block,
  header: Command.Header,
  isFirst: boolean,
): void {
  const take = REQUESTS.get(header.command);
  if (take) take(connection, block, header);
  else if (isFirst) connection.ask(header, 'generic');
}
