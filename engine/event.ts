/**
 * Events: records for the outputs. An event is a pseudo packet (PSEUDO_EVENT) that a module inserts after the packet it
 * concerns; it follows that packet through the queues to the outputs.
 *
 * In its row, EVENT_KIND is its kind, ROOT the packet it refers to (kept until the event is done; -1 if it refers to a
 * flow only), FLOW its flow, NUMBER/SECONDS/NANOSECONDS the time. Its payload is the part of the EVE record that only
 * its producer knows, as UTF-8 JSON members without the braces: `"http":{"hostname":…},"files":[…]`. Outputs add the
 * members common to all records.
 */

import type { Batch } from './batch.js';
import { generationOf } from './by-generation.js';
import * as FlowRecord from './flow/flow-record.js';
import { hadChangedApplication, knownApplication, OF_CLIENT, OF_SERVER } from './flow/known-application.js';
import type { Thread } from './module.js';
import * as Packet from './packet.js';
import { shortened } from './record/shortened.js';
import { isDrop, REASON_EXCEPTION_FLOW_DROP, REASON_FLOW_DROP } from './verdict.js';

/** Cancelled after creation: outputs ignore it. */
export const EVENT_NONE = 0;
export const EVENT_ALERT = 1;
export const EVENT_ANOMALY = 2;
export const EVENT_FLOW = 3;
export const EVENT_NETFLOW = 4;
export const EVENT_DROP = 5;
/** A finished transaction of an application protocol; its EVE event_type is the protocol's name. */
export const EVENT_TRANSACTION = 6;
export const EVENT_FILEINFO = 7;
export const EVENT_FRAME = 8;
export const EVENT_STATS = 9;
/** Any other record: its payload begins with its own "event_type". */
export const EVENT_OTHER = 10;
export const EVENT_KINDS = 11;
/** Not an event but what an output wants: it receives all packets, not only those with alerts. */
export const WANTS_PACKETS = 11;
/** Packets that rules tagged have FLAG_TAGGED. */
export const WANTS_TAGS = 12;
/** ARP packets are reported as EVENT_OTHER. */
export const WANTS_ARP = 13;

// ── fields of an event that replace those of a packet ─────────────────────────────────────
/** The flow's application protocol when the event was made, and as recognised in each direction. */
export const APP_PROTOCOL = Packet.TCP_SEQ;
export const APP_PROTOCOL_TO_SERVER = Packet.TCP_ACK;
export const APP_PROTOCOL_TO_CLIENT = Packet.TCP_WINDOW;
/** Alert: bits of the ALERT_ constants. */
export const ALERT_FLAGS = Packet.TCP_FLAGS;
/** Alert: with ALERT_ACTION_CHANGED, the action taken instead of the signature's own (a VERDICT_ constant). */
export const ALERT_ACTION = Packet.VERDICT;
/** Alert: the stream bytes to be logged as payload, if they are not the packet's own stream data. */
export const ALERT_DATA = Packet.STREAM_DATA;
export const ALERT_DATA_LENGTH = Packet.STREAM_LENGTH;
/** Transaction: which `eve-log` outputs get the record, see `OutputRecord.outputs`. */
export const TRANSACTION_OUTPUTS = Packet.STREAM_GAP;
/** The rule load that EVENT_SIGNATURE is an index of; see `by-generation.ts`. */
export const EVENT_GENERATION = Packet.STREAM_OFFSET;

/** The signature matched in the reassembled stream. */
export const ALERT_IN_STREAM = 1 << 0;
/** The signature matched in a transaction (EVENT_TRANSACTION). */
export const ALERT_IN_TRANSACTION = 1 << 1;
/** The transaction is a guess: the most recent one of the flow. */
export const ALERT_TRANSACTION_GUESSED = 1 << 2;

/** A rate filter replaced the action of the signature. */
export const ALERT_ACTION_CHANGED = 1 << 3;

/** Name in `thread.shared` of the application protocols' names, by the numbers used in flow records. */
export const APP_PROTOCOL_NAMES = 'appProtocolNames';
/** Name in `thread.shared` of the inputs' names, by `Packet.SOURCE`: capture files, interfaces. */
export const SOURCE_NAMES = 'sourceNames';
/**
 * Name in `thread.shared` of the network devices among them, with live traffic only; empty if packets come from queues.
 */
export const DEVICE_NAMES = 'deviceNames';

/**
 * The packet was dropped because its flow had been dropped before: nothing it carries took effect. Fragments belong to
 * no flow; they share verdict and reason with their datagram.
 */
export function isDroppedWithFlow(row: Int32Array, slot: number): boolean {
  const p = slot * Packet.INTS;
  if (row[p + Packet.FLOW]! < 0 || !isDrop(row[p + Packet.VERDICT]!)) return false;
  const reason = row[p + Packet.REASON]!;
  return reason === REASON_FLOW_DROP || reason === REASON_EXCEPTION_FLOW_DROP;
}

const encoder = new TextEncoder();

/**
 * Appends an event to the kept packets of `batch`, after the packet it refers to.
 *
 * @param root slot of that packet, or -1 (then the caller sets time and flow)
 * @param members JSON members without braces, possibly empty
 * @param room bytes reserved for what the caller appends to the members (see `reservedOffset`)
 * @returns slot of the event, or -1 if the pool had no room: the caller counts it as lost
 */
export function addEvent(
  thread: Thread,
  batch: Batch,
  kind: number,
  root: number,
  members: string,
  room = 0,
): number {
  const { row } = thread.memory;
  const fitted = fittingMembers(thread, members, room);
  if (fitted === undefined) return -1;
  let slot = eventSlot(thread, fitted, room);
  while (slot < 0 && thread.waitForReturns?.()) slot = eventSlot(thread, fitted, room);
  if (slot < 0) return -1;
  const e = slot * Packet.INTS;
  row[e + Packet.PSEUDO] = Packet.PSEUDO_EVENT;
  row[e + Packet.EVENT_KIND] = kind;
  row[e + EVENT_GENERATION] = generationOf(thread.shared);
  if (root >= 0) {
    const r = root * Packet.INTS;
    row[e + Packet.ROOT] = root;
    Atomics.add(row, r + Packet.REFERENCES, 1);
    Packet.copyOrigin(row, r, e);
    storeAppProtocol(thread, e, r);
  }
  batch.keep(slot);
  return slot;
}

/** @returns a slot with the payload, or -1 */
function eventSlot(thread: Thread, members: string, room: number): number {
  const slot = thread.pool.take();
  if (slot < 0 || writePayload(thread, slot, members, room)) return slot;
  thread.pool.release(slot);
  return -1;
}

/** Offset in `Memory.bytes` of the room reserved with an event. */
export function reservedOffset(row: Int32Array, event: number): number {
  const e = event * Packet.INTS;
  return row[e + Packet.PAYLOAD]! + row[e + Packet.PAYLOAD_LENGTH]!;
}

/** The record names the protocol as known at this packet, not as recognised later. */
function storeAppProtocol({ memory, flows }: Thread, e: number, r: number): void {
  const { row } = memory;
  const flow = row[r + Packet.FLOW]!;
  if (flow < 0) return;
  const state = row[r + Packet.FLOW_STATE]!;
  const f = flow * FlowRecord.INTS;
  if (hadChangedApplication(state, flows.row, f))
    row[e + Packet.FLOW_STATE]! |= Packet.FLOW_CHANGED_APPLICATION;
  row[e + APP_PROTOCOL] = knownApplication(state, flows.row, f);
  row[e + APP_PROTOCOL_TO_SERVER] = knownApplication(state, flows.row, f, OF_CLIENT);
  row[e + APP_PROTOCOL_TO_CLIENT] = knownApplication(state, flows.row, f, OF_SERVER);
}

/** Attaches JSON members to a pseudo packet without payload, for the module that creates the event for the outputs. */
export function attachMembers(thread: Thread, slot: number, members: string): void {
  const fitted = fittingMembers(thread, members, 0);
  if (fitted !== undefined) writePayload(thread, slot, fitted, 0);
}

/** Appends JSON members to an event that this thread created; without room, the event is unchanged. */
export function appendMembers({ memory, pool }: Thread, event: number, members: string): void {
  const { row, bytes } = memory;
  const e = event * Packet.INTS;
  if (row[e + Packet.POOL] !== pool.range.index) return;
  const [start, length, block] = [
    row[e + Packet.PAYLOAD]!,
    row[e + Packet.PAYLOAD_LENGTH]!,
    row[e + Packet.BLOCK]!,
  ];
  const added = encoder.encode(`,${members}`);
  const offset = pool.allocate(event, length + added.length);
  if (offset < 0) return;
  bytes.copyWithin(offset, start, start + length);
  bytes.set(added, offset + length);
  row[e + Packet.PAYLOAD] = offset;
  row[e + Packet.PAYLOAD_LENGTH] = length + added.length;
  if (block >= 0) pool.releaseBlock(block);
}

/** The JSON members that an event, or another pseudo packet, carries (see `attachMembers`); empty if none. */
export function attachedMembers({ row, bytes }: Thread['memory'], slot: number): string {
  const p = slot * Packet.INTS;
  const length = row[p + Packet.PAYLOAD_LENGTH]!;
  if (length === 0) return '';
  const start = row[p + Packet.PAYLOAD]!;
  // Views of shared memory cannot be decoded in place.
  return Buffer.from(bytes.subarray(start, start + length)).toString('utf8');
}

/**
 * Members that fit into a block of the pool, as payloads must: the same, or shortened ones if nothing else follows
 * them; otherwise undefined.
 */
function fittingMembers(thread: Thread, members: string, room: number): string | undefined {
  const most = thread.pool.range.blockSize - room;
  if (members.length * MAX_UNIT_BYTES <= most || Buffer.byteLength(members) <= most) return members;
  return room === 0 ? shortened(members, most) || undefined : undefined;
}

/** Maximum number of UTF-8 bytes per UTF-16 code unit. */
const MAX_UNIT_BYTES = 3;

function writePayload(thread: Thread, slot: number, members: string, room: number): boolean {
  const p = slot * Packet.INTS;
  const longest = members.length * MAX_UNIT_BYTES;
  const length = longest + room <= thread.pool.range.blockSize ? longest : Buffer.byteLength(members);
  const offset = thread.pool.allocate(slot, length + room);
  if (offset < 0) return false;
  const { written } = encoder.encodeInto(members, thread.memory.bytes.subarray(offset, offset + length));
  thread.memory.row[p + Packet.PAYLOAD] = offset;
  thread.memory.row[p + Packet.PAYLOAD_LENGTH] = written;
  return true;
}
