/** All conversations of a thread, by flow: from what streams and datagrams bring to what their parsers made of it. */
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import { ApplicationCounters } from './application-counters.js';
import { Beginnings } from './beginnings.js';
import { EXPECTATIONS, Expectations } from './expectations.js';
import { FlowProtocols } from './flow-protocols.js';
import { GrowingBytes } from './growing-bytes.js';
import { Parsing } from './parsing.js';
import type { Session } from './session.js';
import { Sessions } from './sessions.js';
import { Talk } from './talk.js';
import { Telling } from './telling.js';

/** What is asked for in the clear: STARTTLS and its like. */
const ENCRYPTION = 'tls';

/** Event of a protocol whose wish to change is not granted. */
const REFUSED = 'failed_protocol_change';

/** Times a flow may change its protocol. */
const MOST_CHANGES = 8;

export class Conversations {
  readonly telling: Telling;
  private readonly talks: (Talk | undefined)[] = [];
  private readonly records: FlowProtocols;
  private readonly sessions: Sessions;
  private readonly expectations: Expectations;
  private readonly expected: number;
  private readonly parsing: Parsing;
  private readonly beginnings: Beginnings;

  constructor(
    private readonly thread: Thread,
    private readonly protocols: readonly Protocol[],
  ) {
    const records = new FlowProtocols(thread, protocols);
    const counters = new ApplicationCounters(thread, protocols);
    this.records = records;
    // All threads share them.
    this.expected = thread.counters.declare('app_layer.expectations', 'max');
    this.sessions = new Sessions(thread, protocols);
    this.expectations = new Expectations(
      thread.shared[EXPECTATIONS] as SharedArrayBuffer | undefined,
      thread,
    );
    this.parsing = new Parsing(
      thread,
      protocols,
      records,
      counters,
      this.expectations,
      (p, flow, talk, before) => this.change(p, flow, talk, before),
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
    this.telling = new Telling(thread, session =>
      counters.transactions(records.numberOf(session.protocol), records.transportOf(session.flow)),
    );
  }

  /** Brings the numbers up to date that are no counts. */
  noteGauges(): void {
    this.sessions.noteGauges();
    if (this.expectations.none) return;
    this.thread.counters.values[this.expected] = this.expectations.waiting;
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

  of(flow: number): Talk {
    let talk = this.talks[flow];
    if (!talk) {
      talk = new Talk();
      this.talks[flow] = talk;
    }
    return talk;
  }

  // ── streams ──

  data(
    p: number,
    flow: number,
    talk: Talk,
    toServer: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const side = talk.side(toServer);
    side.heard = true;
    if (side.protocol !== undefined && talk.session) {
      if (talk.expected) this.firstAfterChange(p, flow, talk, toServer, bytes, start, end);
      else this.parsing.deliver(p, flow, talk, toServer, bytes, start, end);
      return;
    }
    if (!this.expectations.none && talk.isFresh && this.beginnings.beginExpected(p, flow, talk)) {
      this.parsing.deliver(p, flow, talk, toServer, bytes, start, end);
      return;
    }
    const known = talk.session !== undefined;
    const held = side.held;
    held?.append(bytes, start, end);
    if (side.protocol === undefined) {
      if (held) this.beginnings.recognise(p, flow, talk, toServer, held.view(), 0, held.length);
      else this.beginnings.recognise(p, flow, talk, toServer, bytes, start, end);
    }
    // A session that began just now gets all of it.
    if (talk.session && held && !known)
      this.parsing.deliver(p, flow, talk, toServer, held.view(), 0, held.length);
    else if (talk.session) this.parsing.deliver(p, flow, talk, toServer, bytes, start, end);
    this.beginnings.hold(p, flow, talk, side, bytes, start, end);
  }

  /** Bytes of a stream are missing for good. */
  missing(p: number, flow: number, talk: Talk, toServer: boolean, missing: number): void {
    if (talk.session) {
      this.parsing.missing(p, flow, talk, toServer, missing);
      return;
    }
    const side = talk.side(toServer);
    side.protocol ??= 'none';
    side.held = undefined;
    side.missed += missing;
    this.beginnings.giveUpIfUnknown(flow, talk);
  }

  /** The conversation comes to its end: what is complete is logged when detection was told of it. */
  ending({ session }: Talk): void {
    if (session) session.ending = true;
  }

  /** There is no more to read in a direction. */
  ended(p: number, flow: number, talk: Talk, toServer: boolean, reset: boolean): void {
    if (!talk.session) return;
    this.parsing.run(p, flow, talk, () => talk.end(toServer, reset));
  }

  // ── datagrams ──

  datagram(
    p: number,
    flow: number,
    talk: Talk,
    toServer: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const side = talk.side(toServer);
    side.heard = true;
    if (side.protocol === undefined) this.beginnings.recognise(p, flow, talk, toServer, bytes, start, end);
    this.parsing.datagram(p, flow, talk, bytes, start, end);
  }

  /** Goes on as another protocol: transactions so far are complete, bytes not read yet go to the new parser. */
  private change(p: number, flow: number, talk: Talk, before: Session): void {
    const name = before.requests.changeTo;
    before.requests.changeTo = undefined;
    if (talk.surprised) {
      refuseChange(before);
      return;
    }
    const number = this.protocols.findIndex(protocol => protocol.name === name);
    const next = this.protocols[number];
    // What is switched off is not read: the flow stays what it was.
    if (next && !this.sessions.isEnabled(number)) {
      talk.ignored = true;
      for (const toServer of [true, false]) talk.side(toServer).routine = undefined;
      return;
    }
    this.become(p, flow, talk, before, next);
    if (!next || name !== ENCRYPTION || talk.session?.protocol !== next) return;
    talk.expected = next;
    this.records.expect(flow, next);
  }

  private become(p: number, flow: number, talk: Talk, before: Session, next: Protocol | undefined): void {
    if (++talk.changes > MOST_CHANGES) {
      before.failed = true;
      return;
    }
    for (const transaction of [...before.transactions]) before.complete(transaction);
    for (const toServer of [true, false]) before.frames?.ended(toServer);
    const rest = { toServer: talk.unread(true), toClient: talk.unread(false) };
    talk.former = [...talk.former, before];
    talk.told = false;
    talk.session = undefined;
    for (const toServer of [true, false]) {
      const side = talk.side(toServer);
      side.protocol = next;
      side.routine = undefined;
      side.held = undefined;
      side.heard = false;
      side.noted = false;
    }
    // What was only expected was never the flow's protocol.
    this.records.leave(flow, talk.surprised ? undefined : before.protocol);
    if (next) {
      this.records.note(flow, true, next);
      this.records.note(flow, false, next);
      this.beginnings.begin(p, flow, talk, next, before.requests.handOver);
      const session = talk.session as Session | undefined;
      // It has read nothing yet.
      if (session) session.precededBy = before.protocol.name;
    }
    for (const toServer of [true, false]) {
      const bytes = toServer ? rest.toServer : rest.toClient;
      if (bytes.length > 0) this.data(p, flow, talk, toServer, bytes, 0, bytes.length);
    }
  }

  /**
   * What comes first when encryption was asked for in the clear. It may be anything: what it is decides, not what it
   * should be.
   */
  private firstAfterChange(
    p: number,
    flow: number,
    talk: Talk,
    toServer: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const side = talk.side(toServer);
    const { held } = side;
    held?.append(bytes, start, end);
    const [all, from, to] = held ? ([held.view(), 0, held.length] as const) : ([bytes, start, end] as const);
    const found = this.beginnings.isAsExpected(p, flow, talk, toServer, all, from, to);
    if (found === 'more') {
      if (!held) {
        side.held = new GrowingBytes();
        side.held.append(bytes, start, end);
      }
      return;
    }
    const other = talk.side(!toServer);
    const waiting = other.held;
    talk.expected = undefined;
    side.held = undefined;
    other.held = undefined;
    if (typeof found !== 'boolean') {
      talk.surprised = true;
      this.become(p, flow, talk, talk.session!, found);
    }
    this.data(p, flow, talk, toServer, all, from, to);
    if (waiting) this.data(p, flow, talk, !toServer, waiting.view(), 0, waiting.length);
  }

  /** The flow is over. */
  end(slot: number, p: number, flow: number): void {
    const talk = this.talks[flow];
    if (!talk) return;
    this.talks[flow] = undefined;
    const { session } = talk;
    if (session) {
      for (const toServer of [true, false]) this.parsing.run(p, flow, talk, () => talk.end(toServer, false));
      for (const toServer of [true, false]) session.frames?.ended(toServer);
      this.parsing.run(p, flow, talk, () => session.protocol.finish?.(session));
      for (const transaction of [...session.transactions]) session.complete(transaction);
      if (session.failed) for (const toServer of [true, false]) session.forgetChanged(toServer);
    }
    this.telling.tell(slot, talk, true);
    this.telling.tell(slot, talk, false);
  }
}

/** What was asked for before did not come: there is no second change. */
function refuseChange(session: Session): void {
  const last = session.transactions.at(-1);
  if (last && session.protocol.events.includes(REFUSED)) session.event(last, REFUSED);
}
