/** Tracks the TCP sessions of a thread: segment by segment, according to the state of the session. */

import type { Recogniser } from '../../../engine/application/recognition.js';
import { Batch } from '../../../engine/batch.js';
import { ExceptionPolicy } from '../../../engine/exception-policy/applying.js';
import { midstreamPolicyOf, TARGETS } from '../../../engine/exception-policy.js';
import { DecidedFlows } from '../../../engine/flow/decided-flows.js';
import { isFlowDropped } from '../../../engine/flow/flow-decision.js';
import * as FlowRecord from '../../../engine/flow/flow-record.js';
import { FLOW_TABLE, type FlowTable } from '../../../engine/flow/flow-table.js';
import type { Thread } from '../../../engine/module.js';
import * as Event from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import { HostOsPolicy } from '../../../engine/stream/host-os-policy.js';
import * as State from '../../../engine/stream/tcp-state.js';
import {
  REASON_STREAM_ERROR,
  REASON_STREAM_MEMCAP,
  REASON_STREAM_MIDSTREAM,
  REASON_STREAM_REASSEMBLY,
} from '../../../engine/verdict.js';
import type { Reassembler } from '../reassembly/reassembler.js';
import { inClosing } from './closing.js';
import { ACCEPTED, type Context, distance } from './context.js';
import { deliver, finishDirection, reopenDirection } from './delivery.js';
import { inEstablished } from './established.js';
import { FirstSpeaker } from './first-speaker.js';
import { withoutSession } from './midstream.js';
import { policyNumber } from './os-policy.js';
import { passes, reportSpurious } from './passing.js';
import { beginsNewSession, isAfterRefusal } from './reuse.js';
import { ACK, RST, Segment } from './segment.js';
import * as Session from './session.js';
import { TrackingSettings } from './settings.js';
import { SynQueue } from './syn-queue.js';
import { inSynRecv } from './syn-recv.js';
import { inSynSent } from './syn-sent.js';
import { TcpCounters } from './tcp-counters.js';
import { UrgentBytes } from './urgent.js';

export class Tracker {
  readonly settings: TrackingSettings;
  private readonly c: Context;
  private readonly x: Segment;
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly cells: Int32Array;
  private readonly firstFlow: number;
  private readonly policies: HostOsPolicy;
  private readonly memcapPolicy: ExceptionPolicy;
  private readonly maxSessions: number;
  private readonly settled: DecidedFlows;
  private sessions = 0;

  /** @param recogniser decides for sessions picked up midstream which side is the server */
  constructor(thread: Thread, reassembler: Reassembler, recogniser?: Recogniser) {
    this.settings = new TrackingSettings(thread.config);
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.cells = new Int32Array(thread.flowRange.count * Session.INTS);
    this.firstFlow = thread.flowRange.first;
    this.policies = new HostOsPolicy(thread.config);
    this.maxSessions = Math.floor(this.settings.memcap / thread.count / (Session.INTS * 4));
    this.memcapPolicy = new ExceptionPolicy(thread, TARGETS.streamMemcap, REASON_STREAM_MEMCAP);
    this.settled = new DecidedFlows(thread);
    this.x = new Segment(thread.memory, thread.flows);
    const { cells, settings, row, flows } = this;
    this.c = {
      thread,
      settings,
      counters: new TcpCounters(thread),
      cells,
      row,
      flows,
      table: thread.services.get(FLOW_TABLE) as FlowTable,
      queue: new SynQueue(cells),
      urgent: new UrgentBytes(),
      firstSpeaker: new FirstSpeaker(row, thread.memory.bytes, recogniser),
      reassembler,
      midstreamPolicy: midstreamPolicy(thread),
      reassemblyPolicy: new ExceptionPolicy(thread, TARGETS.reassemblyMemcap, REASON_STREAM_REASSEMBLY),
      outOfOrderPolicy: new ExceptionPolicy(thread, TARGETS.outOfOrder, REASON_STREAM_REASSEMBLY),
      batch: new Batch(1),
    };
  }

  /** Sessions that currently have memory. */
  get active(): number {
    return this.sessions;
  }

  /**
   * Tracks a TCP packet that has a flow. The packet was added to the batch before, so that packets added by the
   * reassembler follow it.
   *
   * @param index its index in the batch
   */
  segment(batch: Batch, slot: number, index: number): void {
    const { c, x } = this;
    c.batch = batch;
    x.read(slot, index);
    this.find(x);
    c.counters.countFlags(x.flags);
    this.markEstablished(x);
    if (!this.isForSession(x)) {
      this.row[x.p + Packet.FLAGS]! |= Packet.FLAG_BEYOND_SESSION;
      return;
    }
    if (this.settled.applyTo(x.p, x.flow)) return;
    if (this.isDropped(x)) {
      this.recordFlags(x);
      return;
    }
    if (x.ack !== 0 && !x.has(ACK)) Packet.setEvent(this.row, x.p, Event.STREAM_PKT_BROKEN_ACK);
    const another = this.cells[x.session + Session.STATE] !== State.NONE && beginsNewSession(c, x);
    const earlier = another && isAfterRefusal(c, x) ? this.cells[x.own + Session.TIMESTAMP]! : 0;
    if (another && !this.replaceFlow(x)) return;
    const accepted = this.dispatch(x);
    if (earlier !== 0 && accepted) this.queueEarlierSyn(x, earlier);
    this.recordFlags(x);
    this.recordClosing(x);
    if (!accepted || this.isBeyond(x)) this.row[x.p + Packet.FLAGS]! |= Packet.FLAG_BEYOND_SESSION;
    if (!accepted) this.refuse(x);
  }

  /** The flow ends: remaining data is delivered before `slot`, its last packet. */
  flowEnds(batch: Batch, slot: number): void {
    const flow = this.row[slot * Packet.INTS + Packet.FLOW]!;
    const session = this.sessionOf(flow);
    if (this.cells[session + Session.STATE] === State.NONE) return;
    this.c.batch = batch;
    this.finish(batch, slot, flow, true);
    this.finish(batch, slot, flow, false);
    this.forget(session, flow);
  }

  private finish(batch: Batch, slot: number, flow: number, toServer: boolean): void {
    const { reassembler, thread } = this.c;
    if (!reassembler.isActive(flow, toServer)) return;
    // The last packet must stay last, so another one carries the remaining data.
    const carrier = thread.pool.take();
    if (carrier < 0) {
      finishDirection(this.c, this.sessionOf(flow), slot, flow, toServer, Packet.STREAM_END);
      return;
    }
    copyFlowFields(this.row, slot * Packet.INTS, carrier * Packet.INTS);
    batch.keep(carrier);
    finishDirection(this.c, this.sessionOf(flow), carrier, flow, toServer, Packet.STREAM_END);
  }

  private forget(session: number, flow: number): void {
    const { c, cells } = this;
    c.queue.clear(session);
    c.urgent.forget(session + Session.CLIENT);
    c.urgent.forget(session + Session.SERVER);
    c.reassembler.free(flow);
    cells.fill(0, session, session + Session.INTS);
    this.sessions--;
    c.counters.add(c.counters.activeSessions, -1);
    c.counters.add(c.counters.memuse, -Session.INTS * 4);
  }

  private sessionOf(flow: number): number {
    return (flow - this.firstFlow) * Session.INTS;
  }

  private find(x: Segment): void {
    x.session = this.sessionOf(x.flow);
    x.own = x.session + (x.toServer ? Session.CLIENT : Session.SERVER);
    x.other = x.session + (x.toServer ? Session.SERVER : Session.CLIENT);
  }

  /** Decode has counted the bad checksum; the firewall reports what it refused. */
  private isForSession(x: Segment): boolean {
    const flags = this.row[x.p + Packet.FLAGS]! & (Packet.FLAG_BAD_CHECKSUM | Packet.FLAG_EXCLUDED);
    return flags === 0 || (flags === Packet.FLAG_BAD_CHECKSUM && !this.settings.checksums);
  }

  /** Detection dropped the flow: later segments are not part of its session, whose state no longer changes. */
  private isDropped(x: Segment): boolean {
    return isFlowDropped(this.flows, x.flow);
  }

  /** A packet counts as established when its session was established before it. */
  private markEstablished(x: Segment): void {
    const established = this.cells[x.session + Session.STATE]! >= State.ESTABLISHED;
    const state = this.row[x.p + Packet.FLOW_STATE]!;
    this.row[x.p + Packet.FLOW_STATE] = established
      ? state | Packet.FLOW_ESTABLISHED
      : state & ~Packet.FLOW_ESTABLISHED;
  }

  private dispatch(x: Segment): boolean {
    const { c, cells } = this;
    const state = cells[x.session + Session.STATE]!;
    if (state === State.NONE) return withoutSession(c, x, this.begin);
    if (state !== State.CLOSED && passes(c, x)) return ACCEPTED;
    reportSpurious(c, x);
    switch (state) {
      case State.SYN_SENT:
        return inSynSent(c, x);
      case State.SYN_RECV:
        return inSynRecv(c, x);
      case State.ESTABLISHED:
        return inEstablished(c, x);
      case State.CLOSED:
        return this.inClosed(x);
      default:
        return inClosing(c, x, state);
    }
  }

  /**
   * After a reset its sender sends nothing. If it does, the reset was forged, or had a signature that its receiver
   * did not accept: the session continues. Inline no signature is needed for that, because the data would otherwise
   * pass uninspected.
   */
  private inClosed(x: Segment): boolean {
    const { c, cells } = this;
    const flags = cells[x.own + Session.DIRECTION_FLAGS]!;
    const doubted = c.settings.inline ? Session.DIRECTION_RESET : Session.DIRECTION_SIGNED_RESET;
    if ((flags & doubted) === 0 || x.has(RST) || x.length === 0) return ACCEPTED;
    Packet.setEvent(this.row, x.p, Event.STREAM_SUSPECTED_RST_INJECT);
    cells[x.own + Session.DIRECTION_FLAGS] =
      flags & ~(Session.DIRECTION_RESET | Session.DIRECTION_SIGNED_RESET);
    cells[x.session + Session.FLAGS]! &= ~Session.SESSION_RESET;
    cells[x.session + Session.STATE] = State.ESTABLISHED;
    reopenDirection(c, x, x.own, x.seq);
    reopenDirection(c, x, x.other, cells[x.other + Session.NEXT_SEQ]!);
    deliver(c, x);
    return ACCEPTED;
  }

  /** Allocates a session for the segment's flow. @returns false when there is no memory for it */
  private readonly begin = (x: Segment): boolean => {
    const { c } = this;
    const simulated =
      c.settings.simulatedMemcap !== 0 && this.row[x.p + Packet.NUMBER] === c.settings.simulatedMemcap;
    if (simulated || this.sessions >= this.maxSessions) {
      c.counters.add(c.counters.memcapDrop);
      this.memcapPolicy.apply(x.slot, x.flow);
      return false;
    }
    this.find(x);
    this.sessions++;
    c.counters.add(c.counters.sessions);
    c.counters.add(c.counters.activeSessions);
    c.counters.add(c.counters.memuse, Session.INTS * 4);
    this.choosePolicies(x);
    return true;
  };

  /** The policy for data is that of its receiver. */
  private choosePolicies(x: Segment): void {
    const f = x.flow * FlowRecord.INTS;
    const { bytes } = x.flows;
    const version = this.flows[f + FlowRecord.IP_VERSION]!;
    const server = this.policies.policyOf(bytes, (f + FlowRecord.SERVER_ADDRESS) * 4, version);
    const client = this.policies.policyOf(bytes, (f + FlowRecord.CLIENT_ADDRESS) * 4, version);
    this.cells[x.session + Session.CLIENT + Session.POLICY] = policyNumber(server);
    this.cells[x.session + Session.SERVER + Session.POLICY] = policyNumber(client);
  }

  /** This segment and the following ones of its flow get a new flow. */
  private replaceFlow(x: Segment): boolean {
    const { c } = this;
    const flow = c.table.replaceFlow(c.batch, x.index);
    if (flow < 0) return false;
    x.read(x.slot, x.index);
    this.find(x);
    return true;
  }

  /** The server may have kept the SYN whose data it refused, and may echo its timestamp. */
  private queueEarlierSyn(x: Segment, timestamp: number): void {
    const { queue, settings } = this.c;
    const own = x.timestamp;
    x.timestamp = timestamp;
    queue.add(x, settings.maxSynQueued);
    x.timestamp = own;
  }

  private recordFlags(x: Segment): void {
    if (this.cells[x.session + Session.STATE] === State.NONE) return;
    const column = x.toServer ? FlowRecord.TCP_FLAGS_TO_SERVER : FlowRecord.TCP_FLAGS_TO_CLIENT;
    this.flows[x.flow * FlowRecord.INTS + column]! |= x.flags;
  }

  private isBeyond(x: Segment): boolean {
    const { cells } = this;
    if (cells[x.session + Session.STATE] === State.NONE) return false;
    return distance(x.end, cells[x.own + Session.NEXT_SEQ]!) > 0;
  }

  /**
   * Once the client, or both sides, have closed, signatures inspect the available stream data with each packet,
   * however
   * little: no more may follow.
   */
  private recordClosing(x: Segment): void {
    if (this.cells[x.session + Session.STATE]! > State.TIME_WAIT)
      this.row[x.p + Packet.FLAGS]! |= Packet.FLAG_INSPECT_STREAM;
  }

  /** Inline, a segment that is not valid in its session is dropped, unless a policy accepts it without inspection. */
  private refuse(x: Segment): void {
    if ((this.row[x.p + Packet.FLAGS]! & Packet.FLAG_NO_INSPECTION) !== 0) return;
    if (!this.settings.dropInvalid || this.row[x.p + Packet.VERDICT] !== Packet.VERDICT_NONE) return;
    this.row[x.p + Packet.VERDICT] = Packet.VERDICT_DROP;
    this.row[x.p + Packet.REASON] = REASON_STREAM_ERROR;
    this.row[x.p + Packet.FLAGS]! |= Packet.FLAG_NO_PAYLOAD_INSPECTION;
  }
}

function midstreamPolicy(thread: Thread): ExceptionPolicy {
  const policy = midstreamPolicyOf(thread.config);
  return new ExceptionPolicy(thread, TARGETS.midstream, REASON_STREAM_MIDSTREAM, policy);
}

function copyFlowFields(row: Int32Array, from: number, to: number): void {
  row[to + Packet.PSEUDO] = Packet.PSEUDO_STREAM;
  Packet.copyOrigin(row, from, to);
  Packet.copyFlowCounts(row, from, to);
}
