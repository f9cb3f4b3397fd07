/** Calls in datagrams (C706, connectionless protocol). */
import { PendingTransactions } from '../../../engine/application/pending-transactions.js';
import { Call } from './call.js';
import * as Type from './pdu.js';
import { DATAGRAM_HEADER, type DatagramHeader, readDatagramHeader } from './pdu.js';
import {
  beginCall,
  COMPLETE,
  type DcerpcSession,
  type DcerpcSettings,
  type DcerpcTransaction,
} from './transaction.js';

/** One datagram: a request or a response, or a part of one. Its type decides which, not its direction. */
export function processDatagram(
  session: DcerpcSession,
  bytes: Uint8Array,
  start: number,
  end: number,
  toServer: boolean,
): void {
  const header = readDatagramHeader(bytes, start, end);
  if (!header) return;
  session.frame('pdu', toServer, 0, end - start);
  session.frame('hdr', toServer, 0, DATAGRAM_HEADER);
  if (end - start > DATAGRAM_HEADER)
    session.frame('data', toServer, DATAGRAM_HEADER, end - start - DATAGRAM_HEADER);
  const { type } = header;
  const isAnswer = type === Type.RESPONSE || type === Type.FAULT || type === Type.REJECT;
  if (type !== Type.REQUEST && !isAnswer) return;
  const transaction = callsOf(session).find(keyOf(header)) ?? begin(session, header);
  const { call } = transaction;
  const side = call.side(!isAnswer);
  side.type = type;
  side.littleEndian = header.littleEndian;
  if (!isAnswer && side.fragments === 0) storeRequest(call, header);
  const from = start + DATAGRAM_HEADER;
  call.append(side, bytes, from, Math.min(end, from + header.length));
  side.done = !header.more;
  session.advance(transaction, toServer, 0);
  if (side.done) session.advance(transaction, !isAnswer, COMPLETE);
  if (isAnswer && side.done) session.complete(transaction);
}

function storeRequest(call: Call, { interfaceUuid, interfaceVersion, opnum }: DatagramHeader): void {
  call.opnum = opnum;
  call.fromFirst = true;
  call.interfaces = [{ context: 0, uuid: interfaceUuid, major: interfaceVersion, minor: 0 }];
}

/** Calls by the values that all their parts share. */
function callsOf(session: DcerpcSession): PendingTransactions<string, DcerpcTransaction> {
  session.state ??= new PendingTransactions(session);
  return session.state as PendingTransactions<string, DcerpcTransaction>;
}

const keyOf = ({ activity, sequence }: DatagramHeader): string => `${activity} ${sequence}`;

function begin(session: DcerpcSession, header: DatagramHeader): DcerpcTransaction {
  const { activity, sequence } = header;
  const { maxStub } = session.settings as DcerpcSettings;
  const transaction = beginCall(session, new Call(0, maxStub), { uuid: activity, sequence });
  transaction.version = '4.0';
  callsOf(session).add(keyOf(header), transaction);
  return transaction;
}
