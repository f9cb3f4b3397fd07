/** Access to a share: dialects, session setup, trees. Requests and their responses. */
import type { Connection } from '../connection.js';
import type { Fields } from '../fields.js';
import { guidText } from '../guid.js';
import { dialectName } from '../names.js';
import { takeBlob } from '../setup.js';
import type { SmbTransaction } from '../transaction.js';
import { connectTree, isPipeShare } from '../tree.js';
import { HEADER, type Header } from './header.js';

const MAX_DIALECTS = 64;

export function handleNegotiateRequest(connection: Connection, m: Fields, header: Header): void {
  const count = Math.min(m.u16(HEADER + 2), MAX_DIALECTS);
  const transaction = connection.addNegotiate(header);
  if (HEADER + 36 + 2 * count > m.length)
    connection.session.event(transaction, 'negotiate_malformed_dialects');
  transaction.detail.negotiate = {
    clientDialects: Array.from({ length: count }, (_, i) => dialectName(m.u16(HEADER + 36 + 2 * i))),
    clientGuid: guidText(m.bytes, HEADER + 12),
  };
}

export function handleNegotiateResponse(
  connection: Connection,
  m: Fields,
  transaction: SmbTransaction,
): void {
  connection.dialect = dialectName(m.u16(HEADER + 4));
  const [maxReadSize, maxWriteSize] = [m.u32(HEADER + 32), m.u32(HEADER + 36)];
  const { session, settings } = connection;
  if (settings.maxRead > 0 && maxReadSize > settings.maxRead)
    session.event(transaction, 'negotiate_max_read_size_too_large');
  if (settings.maxWrite > 0 && maxWriteSize > settings.maxWrite)
    session.event(transaction, 'negotiate_max_write_size_too_large');
  transaction.detail.negotiate = {
    clientDialects: [],
    ...transaction.detail.negotiate,
    serverGuid: guidText(m.bytes, HEADER + 8),
    maxReadSize,
    maxWriteSize,
  };
}

export function handleSetupRequest(connection: Connection, m: Fields, header: Header): void {
  const transaction = connection.addRequest(header, 'session_setup');
  takeBlob(connection, transaction, m.part(m.u16(HEADER + 12), m.u16(HEADER + 14)));
}

export function handleTreeRequest(connection: Connection, m: Fields, header: Header): void {
  const share = m.wide(m.u16(HEADER + 4), m.u16(HEADER + 6));
  connection.addRequest(header, 'tree_connect').detail.tree = { share, isPipe: isPipeShare(share) };
}

const SHARE_TYPES = ['unknown', 'FILE', 'PIPE', 'PRINT'];

export function handleTreeResponse(
  connection: Connection,
  m: Fields,
  header: Header,
  transaction: SmbTransaction,
): void {
  const { tree } = transaction.detail;
  if (!tree) return;
  const type = m.u8(HEADER + 2);
  tree.shareType = SHARE_TYPES[type] ?? 'unknown';
  tree.isPipe = type === 2;
  connectTree(connection, transaction, tree, header.treeId);
}
