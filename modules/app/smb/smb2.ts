/** Messages of SMB2 and 3 (MS-SMB2 2.2). */
import { isAdmitted } from './admission.js';
import type { Connection } from './connection.js';
import type { Fields } from './fields.js';
import { PENDING } from './file-data.js';
import { takeData } from './smb2/data.js';
import { OPLOCK_BREAK, readHeader } from './smb2/header.js';
import { handleRequest } from './smb2/requests.js';
import { handleResponse } from './smb2/responses.js';

export { dataOf, dataStart } from './smb2/data.js';
export { HEADER, readHeader } from './smb2/header.js';

/** Name of its frames. */
export const layer = 'smb2';

/** Processes a complete message. */
export function takeMessage(connection: Connection, m: Fields, toServer: boolean): void {
  const header = readHeader(m);
  if (!isAdmitted(connection, header, toServer, OPLOCK_BREAK)) return;
  takeData(connection, m, header, toServer);
  if (!header.isResponse) handleRequest(connection, m, header);
  else if (header.status !== PENDING) handleResponse(connection, m, header);
}
