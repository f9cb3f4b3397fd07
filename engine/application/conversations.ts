/**
 * All application-layer sessions of a thread, by flow: feeds them stream data and datagrams, and reports the results of
 * their parsers.
 */
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import { ApplicationCounters } from './application-counters.js';
import type { Arrival } from './arrival.js';
import { Beginnings } from './beginnings.js';
import { EXPECTATIONS, Expectations } from './expectations.js';
import { FlowProtocols } from './flow-protocols.js';
import { Parsing } from './parsing.js';
import { ProtocolChanges } from './protocol-changes.js';
import { Sessions } from './sessions.js';
import { type Side, Talk } from './talk.js';
import { Telling } from './telling.js';

export class Conversations {
  readonly telling: Telling;
  private readonly talks: (Talk | undefined)[] = [];
  private readonly arrival: Arrival = { p: -1, flow: -1, talk: new Talk(), toServer: true };
  private readonly sessions: Sessions;
  private readonly expectations: Expectations;
  private readonly expected: number;
  private readonly parsing: Parsing;
  private readonly beginnings: Beginnings;
  private readonly changes: ProtocolChanges;
  private readonly records: FlowProtocols;

  constructor(
    private readonly thread: Thread,
    protocols: readonly Protocol[],
  ) {
    const records = new FlowProtocols(thread, protocols);
    this.records = records;
    const counters = new ApplicationCounters(thread, protocols);
    // Shared by all threads.
    this.expected = thread.counters.declare('app_layer.expectations', 'max');
    this.sessions = new Sessions(thread, protocols);
    this.expectations = new Expectations(
      thread.shared[EXPECTATIONS] as SharedArrayBuffer | undefined,
      thread,
    );
    this.parsing = new Parsing(thread, protocols, records, counters, this.expectations, (at, before) =>
      this.changes.change(at, before),
    );
    this.beginnings = new Beginnings(
      thread,
      protocols,
      records,
      this.sessions,
      counters,
      this.expectations,
      this.parsing,
    );
    this.changes = new ProtocolChanges(
      protocols,
      records,
      this.sessions,
      this.beginnings,
      (at, bytes, start, end) => this.data(at, bytes, start, end),
    );
    this.telling = new Telling(thread, session =>
      counters.transactions(records.numberOf(session.protocol), records.transportOf(session.flow)),
    );
  }

  /** Updates the gauges. */
  noteGauges(): void {
    this.sessions.noteGauges();
    if (this.expectations.none) return;
    this.thread.counters.values[this.expected] = this.expectations.waiting;
  }

  reload(shared: Thread['shared']): void {
    this.sessions.reload(shared);
  }

  useFrames(names: ReadonlySet<string>): void {
    this.sessions.framesInRules = names;
  }

  /** @param swap see `Beginnings.swapFlow` */
  useSwap(swap: () => void): void {
    this.beginnings.swapFlow = swap;
  }

  find(flow: number): Talk | undefined {
    return this.talks[flow];
  }

  /** A packet of a session, which is created if it does not exist; valid until the next packet. */
  at(p: number, flow: number, toServer: boolean): Arrival {
    const { arrival } = this;
    let talk = this.talks[flow];
    if (!talk) {
      talk = new Talk();
      this.talks[flow] = talk;
    }
    arrival.p = p;
    arrival.flow = flow;
    arrival.talk = talk;
    arrival.toServer = toServer;
    return arrival;
  }

  // ── streams ──

  data(at: Arrival, bytes: Uint8Array, start: number, end: number): void {
    const { talk } = at;
    const side = talk.side(at.toServer);
    side.heard = true;
    if (side.protocol !== undefined && talk.session) {
      if (talk.expected) this.changes.first(at, bytes, start, end);
      else this.parsing.deliver(at, bytes, start, end);
      return;
    }
    if (!this.expectations.none && talk.isFresh && this.beginnings.beginExpected(at)) {
      this.parsing.deliver(at, bytes, start, end);
      return;
    }
    this.beginning(at, side, bytes, start, end);
  }

  /** The protocol of the direction is not known yet, or no parser takes its data. */
  private beginning(at: Arrival, side: Side, bytes: Uint8Array, start: number, end: number): void {
    const { talk } = at;
    if (talk.left) this.leave(at.flow, talk, talk.left);
    const { changes } = talk;
    const known = talk.session !== undefined;
    const held = side.held;
    held?.append(bytes, start, end);
    if (side.protocol === undefined) {
      if (held) this.beginnings.recognise(at, held.view(), 0, held.length);
      else this.beginnings.recognise(at, bytes, start, end);
    }
    // A session that has just begun gets all of it.
    if (talk.session && held && !known) this.parsing.deliver(at, held.view(), 0, held.length);
    else if (talk.session) this.parsing.deliver(at, bytes, start, end);
    // Data that a parser consumed before it requested another protocol is not passed to that protocol.
    if (talk.changes === changes) this.beginnings.hold(at, bytes, start, end);
  }

  private leave(flow: number, talk: Talk, protocol: Protocol): void {
    talk.left = undefined;
    this.records.leave(flow, protocol);
  }

  /** Bytes of a stream are permanently missing. */
  missing(at: Arrival, missing: number): void {
    const { flow, talk, toServer } = at;
    if (talk.session) {
      this.parsing.missing(at, missing);
      return;
    }
    if (talk.left) this.leave(flow, talk, talk.left);
    const side = talk.side(toServer);
    side.protocol ??= 'none';
    side.held = undefined;
    side.missed += missing;
    this.beginnings.giveUpIfUnknown(flow, talk);
  }

  /**
   * No more data will follow in a direction.
   * @param over the stream itself has ended: beyond the reassembly depth it continues unread
   */
  ended(at: Arrival, reset: boolean, over: boolean): void {
    const { talk, toServer } = at;
    const { session } = talk;
    if (!session) return;
    session.ending = over;
    this.parsing.run(at, () => talk.end(toServer, reset, !over));
    session.ending = false;
  }

  // ── datagrams ──

  datagram(at: Arrival, bytes: Uint8Array, start: number, end: number): void {
    const side = at.talk.side(at.toServer);
    side.heard = true;
    if (side.protocol === undefined) this.beginnings.recognise(at, bytes, start, end);
    this.parsing.datagram(at, bytes, start, end);
  }

  /** The flow is over. */
  end(slot: number, p: number, flow: number): void {
    const talk = this.talks[flow];
    if (!talk) return;
    this.talks[flow] = undefined;
    const { session } = talk;
    if (session) {
      const at = { p, flow, talk, toServer: true };
      for (const toServer of [true, false]) this.parsing.run(at, () => talk.end(toServer, false, false));
      for (const toServer of [true, false]) session.frames?.ended(toServer);
      this.parsing.run(at, () => session.protocol.finish?.(session));
      for (const transaction of [...session.transactions]) session.complete(transaction);
      if (session.failed) for (const toServer of [true, false]) session.forgetChanged(toServer);
    }
    // Datagrams have no end packet: transactions they left open belong to no packet.
    if (this.records.transportOf(flow) === 'udp') {
      if (session) this.telling.forgo(session);
      return;
    }
    this.telling.tell(slot, talk, true);
    this.telling.tell(slot, talk, false);
  }
}
