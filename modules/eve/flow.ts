/** `flow`: a flow has ended; and the flow members of alerts. */
import { exceptionsOf } from '../../engine/exception-policy.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import { counterpartOf4, counterpartOf6 } from '../../engine/packet/icmp-type.js';
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import type { Header, HeaderKind } from './header.js';
import { type JsonBytes, key } from './json-bytes.js';
import type { MacSets } from './mac-sets.js';
import { writeTcp } from './tcp.js';
import type { Writer } from './writer.js';

const encoder = new TextEncoder();
const KIND: HeaderKind = { type: encoder.encode('flow'), direction: 'flow', packet: false };
const FLOW = key('flow');
const PACKETS_TO_SERVER = key('pkts_toserver');
const PACKETS_TO_CLIENT = key('pkts_toclient');
const BYTES_TO_SERVER = key('bytes_toserver');
const BYTES_TO_CLIENT = key('bytes_toclient');
const BYPASSED = key('bypassed');
const BYPASS = key('bypass');
const START = key('start');
const END = key('end');
const AGE = key('age');
const EMERGENCY = key('emergency');
const STATE = key('state');
const REASON = key('reason');
const ALERTED = key('alerted');
const ELEPHANT = key('elephant');
const ACTION = key('action');
const EXCEPTIONS = key('exception_policy');
const TRANSACTIONS = key('tx_cnt');
const RESPONSE_TYPE = key('response_icmp_type');
const RESPONSE_CODE = key('response_icmp_code');
const ICMP = 1;
const TCP = 6;
const ICMPV6 = 58;

const STATES = ['new', 'new', 'established', 'closed', 'bypassed', 'bypassed'];
const REASONS = ['unknown', 'timeout', 'forced', 'shutdown', 'tcp_reuse'];
const ACTIONS = ['', 'pass', 'drop', 'accept'];

/** @param macs MAC addresses, for entries that log them */
export function writeFlow(writer: Writer, subject: Subject, macs: MacSets | undefined): void {
  const { json, header, protocols, thread, instance } = writer;
  header.write(json, subject, KIND);
  writeIcmpAnswer(json, subject);
  if (instance.ethernet) macs?.write(json, subject);
  protocols.writeFinal(json, subject);
  json.open(FLOW);
  writeCounts(json, subject);
  writeBypassed(json, subject);
  writeTimes(json, subject, header);
  writeEnd(json, subject);
  const exceptions = subject.flowField(FlowRecord.EXCEPTIONS);
  if (instance.flow.exceptions && exceptions !== 0) {
    json.json(EXCEPTIONS, encoder.encode(JSON.stringify(exceptionsOf(thread.config, exceptions))));
  }
  const transactions = subject.flowField(FlowRecord.TRANSACTIONS);
  if (transactions > 0) json.integer(TRANSACTIONS, transactions);
  json.close();
  if (subject.flowField(FlowRecord.PROTOCOL) === TCP) writeTcp(json, subject);
  writer.copyMembers(subject);
  json.close();
}

/** `"flow":{…}` of an alert: counts including its packet, and the start and endpoints of the flow. */
export function writeFlowSoFar(json: JsonBytes, subject: Subject, header: Header): void {
  json.open(FLOW);
  if (subject.packetField(Packet.PSEUDO) !== Packet.PSEUDO_EVENT) writeCountsSoFar(json, subject);
  else writeCounts(json, subject);
  writeStart(json, subject, header);
  const { others } = header;
  others.load(subject, 'flow');
  if (others.version !== 0) header.writeTuple(json, others);
  json.close();
}

function writeCountsSoFar(json: JsonBytes, { row, memory, p }: Subject): void {
  const { row64 } = memory;
  const d = (p / Packet.INTS) * Packet.DOUBLES;
  json.integer(PACKETS_TO_SERVER, Packet.flowPacketsOf(row, p, true));
  json.integer(PACKETS_TO_CLIENT, Packet.flowPacketsOf(row, p, false));
  json.integer(BYTES_TO_SERVER, row64[d + Packet.FLOW_BYTES_TO_SERVER]!);
  json.integer(BYTES_TO_CLIENT, row64[d + Packet.FLOW_BYTES_TO_CLIENT]!);
}

/** The ICMP type of the answer to the flow's first packet, if there was one. */
function writeIcmpAnswer(json: JsonBytes, subject: Subject): void {
  const protocol = subject.flowField(FlowRecord.PROTOCOL);
  if ((protocol !== ICMP && protocol !== ICMPV6) || subject.flowField(FlowRecord.PACKETS_TO_CLIENT) === 0)
    return;
  const type = subject.flowField(FlowRecord.ICMP_TYPE);
  const answer = protocol === ICMP ? counterpartOf4(type) : counterpartOf6(type);
  if (answer < 0) return;
  json.integer(RESPONSE_TYPE, answer);
  json.integer(RESPONSE_CODE, 0);
}

function writeCounts(json: JsonBytes, subject: Subject): void {
  json.integer(PACKETS_TO_SERVER, FlowRecord.packetsOf(subject.flows, subject.f, true));
  json.integer(PACKETS_TO_CLIENT, FlowRecord.packetsOf(subject.flows, subject.f, false));
  json.integer(BYTES_TO_SERVER, double(subject, FlowRecord.BYTES_TO_SERVER));
  json.integer(BYTES_TO_CLIENT, double(subject, FlowRecord.BYTES_TO_CLIENT));
}

function writeBypassed(json: JsonBytes, subject: Subject): void {
  const packetsToServer = double(subject, FlowRecord.BYPASSED_PACKETS_TO_SERVER);
  const packetsToClient = double(subject, FlowRecord.BYPASSED_PACKETS_TO_CLIENT);
  if (packetsToServer + packetsToClient === 0) return;
  json.open(BYPASSED);
  json.integer(PACKETS_TO_SERVER, packetsToServer);
  json.integer(PACKETS_TO_CLIENT, packetsToClient);
  json.integer(BYTES_TO_SERVER, double(subject, FlowRecord.BYPASSED_BYTES_TO_SERVER));
  json.integer(BYTES_TO_CLIENT, double(subject, FlowRecord.BYPASSED_BYTES_TO_CLIENT));
  json.close();
}

function double(subject: Subject, field: number): number {
  return subject.rows.row64[subject.flow * FlowRecord.DOUBLES + field]!;
}

function writeStart(json: JsonBytes, subject: Subject, header: Header): void {
  const seconds = FlowRecord.startSecondsOf(subject.flows, subject.f);
  header.writeTime(json, START, seconds, subject.flowField(FlowRecord.START_NANOSECONDS));
}

/** Start, end and age in whole seconds. */
export function writeTimes(json: JsonBytes, subject: Subject, header: Header): void {
  writeStart(json, subject, header);
  const seconds = FlowRecord.lastSecondsOf(subject.flows, subject.f);
  header.writeTime(json, END, seconds, subject.flowField(FlowRecord.LAST_NANOSECONDS));
  json.integer(AGE, seconds - FlowRecord.startSecondsOf(subject.flows, subject.f));
}

function writeEnd(json: JsonBytes, subject: Subject): void {
  const state = subject.flowField(FlowRecord.STATE);
  const flags = subject.flowField(FlowRecord.FLAGS);
  if (flags & FlowRecord.FLAG_EMERGENCY) json.boolean(EMERGENCY, true);
  if (state === FlowRecord.STATE_LOCAL_BYPASSED) json.text(BYPASS, 'local');
  else if (state === FlowRecord.STATE_CAPTURE_BYPASSED) json.text(BYPASS, 'capture');
  json.text(STATE, STATES[state] ?? 'new');
  json.text(
    REASON,
    REASONS[subject.flowField(FlowRecord.END_REASON) & FlowRecord.END_REASON_MASK] ?? 'unknown',
  );
  json.boolean(ALERTED, subject.flowField(FlowRecord.ALERTS) > 0);
  if (flags & FlowRecord.FLAG_ELEPHANT) json.boolean(ELEPHANT, true);
  const action = ACTIONS[subject.flowField(FlowRecord.ACTION)] ?? '';
  if (action !== '') json.text(ACTION, action);
}
