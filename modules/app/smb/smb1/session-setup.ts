/** Access to a share: dialects, session setup, trees. Requests and their responses. */
import type { Connection } from '../connection.js';
import type { Fields } from '../fields.js';
import { guidText } from '../guid.js';
import { takeBlob } from '../setup.js';
import type { SmbTransaction } from '../transaction.js';
import { connectTree, isPipeShare } from '../tree.js';
import { type Block, even } from './block.js';
import type { Header } from './header.js';

const MAX_DIALECTS = 64;
const EXTENDED_SECURITY = 0x80000000;

export function handleNegotiateRequest(
  connection: Connection,
  { m, bytes, end }: Block,
  header: Header,
): void {
  const dialects: string[] = [];
  let at = bytes;
  while (at < end && m.u8(at) === 2 && dialects.length < MAX_DIALECTS) {
    const [dialect, behind] = m.text(at + 1, false);
    dialects.push(dialect);
    at = behind;
  }
  const transaction = connection.addNegotiate(header);
  if (at < end || dialects.length === 0)
    connection.session.event(transaction, 'negotiate_malformed_dialects');
  transaction.detail.negotiate = { clientDialects: dialects };
}

export function handleNegotiateResponse(
  connection: Connection,
  { m, words, wordCount, bytes, end }: Block,
  transaction: SmbTransaction,
): void {
  const { negotiate } = transaction.detail;
  if (!negotiate) return;
  connection.dialect = negotiate.clientDialects[m.u16(words)] ?? 'unknown';
  if (wordCount === 17 && (m.u32(words + 19) & EXTENDED_SECURITY) !== 0 && end - bytes >= 16)
    negotiate.serverGuid = guidText(m.bytes, bytes);
}

/** With a security blob: 12 words (MS-SMB 2.2.4.6.1); with passwords: 13 (MS-CIFS 2.2.4.53.1). */
export function handleSetupRequest(connection: Connection, block: Block, header: Header): void {
  const { m, words, wordCount, bytes } = block;
  const transaction = connection.addRequest(header, 'session_setup');
  transaction.detail.setup = {};
  if (wordCount === 12) {
    const length = m.u16(words + 14);
    takeBlob(connection, transaction, m.part(bytes, length));
    transaction.detail.setup.request = nativeNames(m, bytes + length, header.isWide);
  } else if (wordCount === 13) {
    transaction.detail.setup.request = nativeNames(m, afterAccount(block, header.isWide), header.isWide);
  }
}

/** Two passwords, an account and a domain precede the description of the client. */
function afterAccount({ m, words, bytes }: Block, isWide: boolean): number {
  let at = bytes + m.u16(words + 14) + m.u16(words + 16);
  if (isWide) at = even(at);
  for (let i = 0; i < 2; i++) [, at] = m.text(at, isWide);
  return at;
}

export function handleSetupResponse(
  { m, words, wordCount, bytes }: Block,
  { isWide }: Header,
  transaction: SmbTransaction,
): void {
  if (wordCount !== 3 && wordCount !== 4) return;
  const at = bytes + (wordCount === 4 ? m.u16(words + 6) : 0);
  transaction.detail.setup ??= {};
  transaction.detail.setup.response = nativeNames(m, at, isWide);
}

function nativeNames(m: Fields, at: number, isWide: boolean): { native_os: string; native_lm: string } {
  const [native_os, behind] = m.text(isWide ? even(at) : at, isWide);
  const [native_lm] = m.text(behind, isWide);
  return { native_os, native_lm };
}

export function handleTreeRequest(connection: Connection, { m, words, bytes }: Block, header: Header): void {
  const at = bytes + m.u16(words + 6);
  const [share, behind] = m.text(header.isWide ? even(at) : at, header.isWide);
  const [service] = m.text(behind, false);
  connection.addRequest(header, 'tree_connect').detail.tree = {
    share,
    isPipe: service === 'IPC' || isPipeShare(share),
    service: { request: service },
  };
}

export function handleTreeResponse(
  connection: Connection,
  { m, bytes }: Block,
  header: Header,
  transaction: SmbTransaction,
): void {
  const { tree } = transaction.detail;
  if (!tree) return;
  const [service] = m.text(bytes, false);
  tree.service = { request: tree.service?.request ?? '', response: service };
  tree.isPipe = service === 'IPC';
  connectTree(connection, transaction, tree, header.treeId);
}
