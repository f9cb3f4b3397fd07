/** `netflow`: one direction of a flow that has ended. */
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Subject } from '../../engine/record/subject.js';
import { writeTimes } from './flow.js';
import type { HeaderKind } from './header.js';
import { key } from './json-bytes.js';
import type { MacSets } from './mac-sets.js';
import { writeTcpOfDirection } from './tcp.js';
import type { Writer } from './writer.js';

const TYPE = new TextEncoder().encode('netflow');
const TO_SERVER: HeaderKind = { type: TYPE, direction: 'flow', packet: false };
const TO_CLIENT: HeaderKind = { type: TYPE, direction: 'reverse', packet: false };
const NETFLOW = key('netflow');
const PACKETS = key('pkts');
const BYTES = key('bytes');
const MIN_TTL = key('min_ttl');
const MAX_TTL = key('max_ttl');
const TRANSACTIONS = key('tx_cnt');
const TCP = 6;

/** @param toServer which direction the record is about */
export function writeNetflow(
  writer: Writer,
  subject: Subject,
  toServer: boolean,
  macs: MacSets | undefined,
): void {
  const { json, header, protocols } = writer;
  header.write(json, subject, toServer ? TO_SERVER : TO_CLIENT);
  protocols.writeFinal(json, subject);
  json.open(NETFLOW);
  json.integer(PACKETS, FlowRecord.packetsOf(subject.flows, subject.f, toServer));
  const bytes = toServer ? FlowRecord.BYTES_TO_SERVER : FlowRecord.BYTES_TO_CLIENT;
  json.integer(BYTES, subject.rows.row64[subject.flow * FlowRecord.DOUBLES + bytes]!);
  writeTimes(json, subject, header);
  const ttls = subject.flowField(FlowRecord.TTLS) >>> (toServer ? 0 : 16);
  json.integer(MIN_TTL, ttls & 255);
  json.integer(MAX_TTL, (ttls >>> 8) & 255);
  const transactions = subject.flowField(FlowRecord.TRANSACTIONS);
  if (transactions > 0) json.integer(TRANSACTIONS, transactions);
  json.close();
  if (subject.flowField(FlowRecord.PROTOCOL) === TCP) {
    const flags = toServer ? FlowRecord.TCP_FLAGS_TO_SERVER : FlowRecord.TCP_FLAGS_TO_CLIENT;
    writeTcpOfDirection(json, subject.flowField(flags));
  }
  if (writer.instance.ethernet) macs?.write(json, subject, toServer);
  writer.copyMembers(subject);
  json.close();
}

/** Whether the direction has any packets. */
export function hasPackets(subject: Subject, toServer: boolean): boolean {
  return FlowRecord.packetsOf(subject.flows, subject.f, toServer) > 0;
}
