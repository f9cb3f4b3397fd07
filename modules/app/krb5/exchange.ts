/** Kerberos messages of both directions: each is a transaction. */
import { resumeAfterGap } from '../../../engine/application/gap-recovery.js';
import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import { uint32 } from '../../../engine/packet/network-order.js';
import { OneSidedTransaction } from '../../../engine/protocol.js';
import { AS_REQ, type KerberosMessage, KRB_ERROR, parseMessage, TGS_REQ } from './message.js';
import { isWeak } from './names.js';
import { isFramed } from './recognition.js';

export const COMPLETE = 1;
export const EVENTS = ['malformed_data', 'weak_encryption'] as const;

export class KerberosTransaction extends OneSidedTransaction {
  constructor(
    id: number,
    toServer: boolean,
    /** Undefined if it is not a valid message. */
    readonly message: KerberosMessage | undefined,
    /** Type of the request that failed. */
    readonly failedRequest: number | undefined,
  ) {
    super(id, toServer);
  }
}

export type KerberosSession = Session<KerberosTransaction>;

/**
 * Messages on a TCP stream, each preceded by its length (RFC 4120 7.2.2); after a gap it continues with the next one.
 */
export function* messages(session: KerberosSession, toServer: boolean): Reading<void> {
  const socket = toServer ? session.client : session.server;
  // Nothing is read after an invalid message, even if it arrived together with it.
  while (!session.failed) {
    const head = yield* socket.read(4);
    const bytes = head && (yield* socket.read(uint32(head, 0)));
    if (bytes) add(session, bytes.slice(), toServer);
    else if (socket.state === 'limit') add(session, new Uint8Array(0), toServer);
    if (!(bytes || (yield* resumeAfterGap(socket, isFramed)))) return;
  }
}

/** @param bytes of one message; kept */
export function add(session: KerberosSession, bytes: Uint8Array, toServer: boolean): void {
  const message = parseMessage(bytes);
  if (message && (message.type === AS_REQ || message.type === TGS_REQ)) session.state = message.type;
  const failed = message?.type === KRB_ERROR ? (session.state as number | undefined) : undefined;
  const transaction = new KerberosTransaction(session.transactionCount, toServer, message, failed);
  session.begin(transaction);
  if (!message) {
    session.event(transaction, 'malformed_data');
    session.failed = true;
  } else if (isWeak(message.encryption)) session.event(transaction, 'weak_encryption');
  session.advance(transaction, toServer, COMPLETE);
}
