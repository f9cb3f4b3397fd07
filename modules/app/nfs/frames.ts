/** Parts of messages as frames: of the remote procedure call (RFC 5531 9), and of its NFS content. */
import { uint32 } from '../../../engine/packet/network-order.js';
import type { NfsSession } from './transfers.js';

export const FRAMES = [
  'rpc.pdu',
  'rpc.hdr',
  'rpc.data',
  'rpc.creds',
  'nfs.pdu',
  'nfs.status',
  'nfs4.pdu',
  'nfs4.hdr',
  'nfs4.ops',
  'nfs4.status',
];

/** Transaction identifier and direction of a message. */
const HEADER = 8;
/** Offset of the credentials of a call: their kind, their length, and their bytes. */
const CREDENTIALS = 24;
/** Bytes before the operations of a compound: its tag, which is empty, with its version or status. */
const COMPOUND_HEADER = 8;
const STATUS = 4;

/** Position of a message in its stream or datagram. */
export interface Place {
  /** Position of its first byte, after the mark of a fragment. */
  readonly at: number;
  readonly length: number;
  /** Length of the mark in bytes. */
  readonly mark: number;
}

/** @param bytes the message from `start` on, available up to `end` */
export function nameMessage(
  session: NfsSession,
  toServer: boolean,
  { at, length, mark }: Place,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  session.frame('rpc.pdu', toServer, at - mark, mark + length);
  session.frame('rpc.hdr', toServer, at - mark, mark + Math.min(HEADER, length));
  if (length > HEADER) session.frame('rpc.data', toServer, at + HEADER, length - HEADER);
  if (!toServer || end - start < CREDENTIALS + 8) return;
  const credentials = 8 + uint32(bytes, start + CREDENTIALS + 4);
  if (CREDENTIALS + credentials <= length) session.frame('rpc.creds', true, at + CREDENTIALS, credentials);
}

/** The content of the call or reply. @param from bytes of the message before it */
export function nameContent(
  session: NfsSession,
  toServer: boolean,
  { at, length }: Place,
  version: number,
  from: number,
): void {
  const rest = length - from;
  if (rest <= 0) return;
  const prefix = version === 4 ? 'nfs4' : 'nfs';
  session.frame(`${prefix}.pdu`, toServer, at + from, rest);
  if (version === 4 && rest >= COMPOUND_HEADER) {
    session.frame('nfs4.hdr', toServer, at + from, COMPOUND_HEADER);
    session.frame('nfs4.ops', toServer, at + from + COMPOUND_HEADER, rest - COMPOUND_HEADER);
  }
  if (!toServer && rest >= STATUS) session.frame(`${prefix}.status`, false, at + from, STATUS);
}
