/** Requests by command. */
import type { Connection } from '../connection.js';
import type { Fields } from '../fields.js';
import { handleReadRequest } from './data.js';
import {
  handleCloseRequest,
  handleCreateRequest,
  handleIoctlRequest,
  handleSetInfoRequest,
} from './files.js';
import * as Command from './header.js';
import { handleNegotiateRequest, handleSetupRequest, handleTreeRequest } from './session-setup.js';

type Handler = (connection: Connection, m: Fields, header: Command.Header) => void;

/** For commands that are logged only through the data they carry. */
const ignore = () => {};

const REQUESTS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [Command.NEGOTIATE, handleNegotiateRequest],
  [Command.SESSION_SETUP, handleSetupRequest],
  [Command.TREE_CONNECT, handleTreeRequest],
  [Command.CREATE, handleCreateRequest],
  [Command.READ, handleReadRequest],
  [Command.WRITE, ignore],
  [Command.IOCTL, handleIoctlRequest],
  [Command.GET_INFO, ignore],
  [Command.SET_INFO, handleSetInfoRequest],
  [Command.CLOSE, handleCloseRequest],
]);

export function handleRequest(connection: Connection, m: Fields, header: Command.Header): void {
  const take = REQUESTS.get(header.command);
  if (take) take(connection, m, header);
  else connection.addRequest(header, 'generic');
}
