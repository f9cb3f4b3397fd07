/** Which messages are parsed. */
import type { CommonHeader, Connection } from './connection.js';
import { isKnownCommand } from './names.js';

/**
 * Whether the command of a message is known. A message in the wrong direction is reported, but parsed nevertheless.
 * @param askedByServers the command with which a server announces that it breaks locks: a request of its own
 */
export function isAdmitted(
  connection: Connection,
  { version, command, isResponse }: CommonHeader & { readonly isResponse: boolean },
  toServer: boolean,
  askedByServers: number,
): boolean {
  if (!isKnownCommand(version, command)) {
    connection.report('malformed_data', toServer, version);
    return false;
  }
  if (isResponse === toServer && command !== askedByServers)
    connection.report(toServer ? 'response_to_server' : 'request_to_client', toServer, version);
  return true;
}
