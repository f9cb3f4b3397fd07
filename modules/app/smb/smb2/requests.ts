/** Requests by command. */
import type { Connection } from '../connection.js';
import type { Fields } from '../fields.js';
import { askRead } from './data.js';
import { askClose, askCreate, askIoctl, askSetInfo } from './files.js';
import * as Command from './header.js';
import { askNegotiate, askSetup, askTree } from './logging-in.js';

type Take = (connection: Connection, m: Fields, header: Command.Header) => void;

/** For commands that are logged only through the data they carry. */
const untold = () => {};

const REQUESTS: ReadonlyMap<number, Take> = new Map<number, Take>([
  [Command.NEGOTIATE, askNegotiate],
  [Command.SESSION_SETUP, askSetup],
  [Command.TREE_CONNECT, askTree],
  [Command.CREATE, askCreate],
  [Command.READ, askRead],
  [Command.WRITE, untold],
  [Command.IOCTL, askIoctl],
  [Command.GET_INFO, untold],
  [Command.SET_INFO, askSetInfo],
  [Command.CLOSE, askClose],
]);

export function takeRequest(connection: Connection, m: Fields, header: Command.Header): void {
  const take = REQUESTS.get(header.command);
  if (take) take(connection, m, header);
  else connection.ask(header, 'generic');
}
