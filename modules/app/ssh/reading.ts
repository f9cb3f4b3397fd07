/** Reads one direction until it is encrypted: the banner, then records (RFC 4253 4.2, 6). */

import type { Session } from '../../../engine/application/session.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { latin1 } from '../../../engine/latin1.js';
import {
  BANNER_DONE,
  BANNER_WAIT_EOL,
  type EVENTS,
  FINISHED,
  hasshOf,
  KEXINIT_DONE,
  SshTransaction,
} from './transaction.js';

export interface SshSettings {
  /** Fingerprints are logged in records. */
  readonly hassh: boolean;
  readonly encryptionHandling: 'track-only' | 'bypass' | 'full';
}

export type SshSession = Session<SshTransaction>;
type Event = (typeof EVENTS)[number];

const LF = 10;
/** Maximum bytes of a banner (RFC 4253 4.2). */
const MAX_BANNER_LENGTH = 255;
/** Maximum lines that a server may send before it: clients do not accept more either. */
const MAX_LINES = 1024;
/** Length, padding and message number. */
const HEADER = 6;
const MAX_RECORD_LENGTH = 1 << 18;
/** Maximum bytes of a record that are read: no real KEXINIT is longer. */
const MAX_KEX_LENGTH = 1 << 16;
const KEXINIT = 20;
const NEWKEYS = 21;

export function transactionOf(session: SshSession): SshTransaction {
  return (session.state as SshTransaction | undefined) ?? begin(session);
}

function begin(session: SshSession): SshTransaction {
  const transaction = session.begin(new SshTransaction());
  session.state = transaction;
  return transaction;
}

export function* readSide(session: SshSession, toServer: boolean): Reading<void> {
  const socket = toServer ? session.client : session.server;
  const transaction = transactionOf(session);
  if (!(yield* readBanner(session, socket, toServer))) return;
  while (!transaction.peer(toServer).encrypted) {
    if (!(yield* readRecord(session, socket, toServer))) return;
  }
  session.advance(transaction, toServer, FINISHED);
  if (transaction.client.encrypted && transaction.server.encrypted) finish(session);
}

function report(session: SshSession, event: Event): void {
  session.event(transactionOf(session), event);
}

/** Nothing more is read. */
function fail(session: SshSession, event: Event): false {
  report(session, event);
  session.failed = true;
  return false;
}

// ── banner ──

/**
 * A server may send other lines first (RFC 4253 4.2), and some send a greeting: the lines after it are read. The first
 * one is reported nevertheless, as Suricata treats it as an invalid banner.
 */
function* readBanner(session: SshSession, socket: StreamSocket, toServer: boolean): Reading<boolean> {
  const transaction = transactionOf(session);
  if (!(yield* socket.wait(1))) return false;
  session.advance(transaction, toServer, BANNER_WAIT_EOL);
  for (let lines = 0; lines < MAX_LINES; lines++) {
    const line = yield* socket.readUntil(LF, MAX_BANNER_LENGTH);
    if (!line && socket.state !== 'limit') return false;
    const known = line
      ? processBanner(session, line, toServer)
      : yield* processLongBanner(session, socket, toServer);
    if (known) return true;
    if (toServer) return fail(session, 'invalid_banner');
    if (lines === 0) report(session, 'invalid_banner');
  }
  session.failed = true;
  return false;
}

function* processLongBanner(session: SshSession, socket: StreamSocket, toServer: boolean): Reading<boolean> {
  socket.resume();
  const head = (yield* socket.read(MAX_BANNER_LENGTH))!;
  const known = processBanner(session, head, toServer);
  if (known) report(session, 'long_banner');
  while (!(yield* socket.readUntil(LF))) {
    if (socket.state !== 'limit') return false;
    socket.resume();
    socket.skip(socket.available);
  }
  return known;
}

/** `SSH-2.0-software comment`. @returns false for other lines */
function processBanner(session: SshSession, line: Uint8Array, toServer: boolean): boolean {
  const match = /^SSH-([^-\r\n]*)-([^ \r\n]*)/.exec(latin1(line));
  if (!match) return false;
  const transaction = transactionOf(session);
  const peer = transaction.peer(toServer);
  peer.protocol = Buffer.from(match[1]!, 'latin1');
  peer.software = Buffer.from(match[2]!, 'latin1');
  session.advance(transaction, toServer, BANNER_DONE);
  const { hassh } = session.settings as SshSettings;
  if (!hassh && transaction.client.software && transaction.server.software) session.recordEarly(transaction);
  return true;
}

// ── records ──

function* readRecord(session: SshSession, socket: StreamSocket, toServer: boolean): Reading<boolean> {
  const head = yield* socket.read(HEADER);
  if (!head) return false;
  const length = new DataView(head.buffer, head.byteOffset, 4).getUint32(0);
  const message = head[5]!;
  if (length < 2 || length > MAX_RECORD_LENGTH) {
    if (!isVersion1(session)) return fail(session, 'invalid_record');
    report(session, 'invalid_record');
    return false;
  }
  addFrames(session, socket.position, length, toServer);
  const left = length - 2;
  if (message === NEWKEYS) transactionOf(session).peer(toServer).encrypted = true;
  if (message !== KEXINIT) return yield* socket.discard(left);
  if (left > MAX_KEX_LENGTH) {
    report(session, 'long_kex_record');
    return yield* socket.discard(left);
  }
  const payload = yield* socket.read(left);
  if (payload) processKexinit(session, payload, toServer);
  return payload !== undefined;
}

/** A client that requests SSH 1 sends no records, which is not an error: inline, it would be blocked. */
function isVersion1(session: SshSession): boolean {
  const { protocol } = transactionOf(session).client;
  return protocol !== undefined && /^1\.(?!99)/.test(latin1(protocol));
}

/** @param position after the header of the record */
function addFrames(session: SshSession, position: number, length: number, toServer: boolean): void {
  const transaction = transactionOf(session);
  session.frame('record.pdu', toServer, position - HEADER, length + 4, transaction);
  session.frame('record.hdr', toServer, position - HEADER, HEADER, transaction);
  session.frame('record.data', toServer, position, length - 2, transaction);
}

function processKexinit(session: SshSession, payload: Uint8Array, toServer: boolean): void {
  const transaction = transactionOf(session);
  const peer = transaction.peer(toServer);
  // A second KEXINIT before the new keys violates the protocol: what rules have inspected does not change.
  peer.hassh ??= hasshOf(payload, toServer);
  if (!peer.hassh) report(session, 'invalid_record');
  session.advance(transaction, toServer, KEXINIT_DONE);
  if (transaction.client.hassh && transaction.server.hassh) session.recordEarly(transaction);
}

function finish(session: SshSession): void {
  const { encryptionHandling } = session.settings as SshSettings;
  session.complete(transactionOf(session));
  if (encryptionHandling === 'track-only') session.requests.stopInspection = 'payload';
  if (encryptionHandling === 'bypass') session.requests.stopInspection = 'bypass';
}
