/** All conversations of a thread, by flow: recognises their protocols, feeds their parsers, does what these ask for. */
import * as Flow from '../flow-record.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { Protocol } from '../protocol.js';
import { STREAM_CONTROL, type StreamControl } from '../stream-control.js';
import { ApplicationCounters } from './application-counters.js';
import { EXPECTATIONS, Expectations } from './expectations.js';
import { GrowingBytes } from './growing-bytes.js';
import * as Event from './packet-events.js';
import { ParserErrors } from './parser-errors.js';
import { ENOUGH, Recogniser, type Transport } from './recognition.js';
import type { Announcement, Session } from './session.js';
import { Sessions } from './sessions.js';
import { type Side, Talk } from './talk.js';
import { Telling } from './telling.js';

const UDP = 17;
/** Times a flow may change its protocol. */
const MOST_CHANGES = 8;
/** Bytes of a direction that wait for the other to be recognised. */
const MOST_HELD = 100_000;

export class Conversations {
  readonly telling: Telling;
  /**
   * Exchanges client and server of the flow of the packet in hand, where this thread owns the flow table.
   * @returns whether it could
   */
  swapFlow: (() => boolean) | undefined;
  private readonly talks: (Talk | undefined)[] = [];
  private readonly sessions: Sessions;
  private readonly recogniser: Recogniser;
  private readonly expectations: Expectations;
  private readonly counters: ApplicationCounters;
  private readonly errors: ParserErrors;
  private readonly row: Int32Array;
  private readonly flows: Int32Array;

  constructor(
    private readonly thread: Thread,
    private readonly protocols: readonly Protocol[],
  ) {
    const { config } = thread;
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.sessions = new Sessions(thread, protocols);
    this.recogniser = new Recogniser(this.sessions.recognised, config);
    this.expectations = new Expectations(thread.shared[EXPECTATIONS] as SharedArrayBuffer | undefined);
    this.counters = new ApplicationCounters(thread, protocols);
    this.errors = new ParserErrors(thread, protocols);
    this.telling = new Telling(thread, session =>
      this.counters.transactions(this.numberOf(session.protocol), this.transportOf(session.flow)),
    );
  }

  useFrames(names: ReadonlySet<string>): void {
    this.sessions.framesInRules = names;
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
    if (side.protocol !== undefined && talk.session) {
      this.deliver(p, flow, talk, toServer, bytes, start, end);
      return;
    }
    if (!this.expectations.none && talk.isFresh && this.beginExpected(p, flow, talk)) {
      this.deliver(p, flow, talk, toServer, bytes, start, end);
      return;
    }
    const known = talk.session !== undefined;
    const held = side.held;
    held?.append(bytes, start, end);
    if (side.protocol === undefined) {
      if (held) this.recognise(p, flow, talk, toServer, held.view(), 0, held.length);
      else this.recognise(p, flow, talk, toServer, bytes, start, end);
    }
    // A session that began just now gets all of it.
    if (talk.session && held && !known) this.deliver(p, flow, talk, toServer, held.view(), 0, held.length);
    else if (talk.session) this.deliver(p, flow, talk, toServer, bytes, start, end);
    this.hold(p, flow, talk, side, bytes, start, end);
  }

  /** @returns whether another conversation announced this one, which has begun then */
  private beginExpected(p: number, flow: number, talk: Talk): boolean {
    const { clientAddress, serverAddress, serverPort } = this.sessions.sidesOf(flow, talk);
    const now = this.row[p + Packet.SECONDS]!;
    const found = this.expectations.take(clientAddress, serverAddress, serverPort, now);
    const protocol = found && this.protocols[found.protocol - 1];
    if (!protocol || !this.sessions.isEnabled(this.numberOf(protocol))) return false;
    for (const toServer of [true, false]) {
      talk.side(toServer).protocol = protocol;
      this.note(flow, toServer, protocol);
    }
    this.begin(p, flow, talk, protocol, found.detail);
    return true;
  }

  /** Keeps the beginning of a direction as long as somebody may ask for it. */
  private hold(
    p: number,
    flow: number,
    talk: Talk,
    side: Side,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (talk.ignored || (talk.session && side.protocol !== undefined)) {
      side.held = undefined;
      return;
    }
    if (!side.held) {
      side.held = new GrowingBytes();
      side.held.append(bytes, start, end);
    }
    if (side.held.length <= MOST_HELD) return;
    Packet.setEvent(this.row, p, Event.APPLAYER_PROTO_DETECTION_SKIPPED);
    this.giveUp(flow, talk);
  }

  /** Bytes of a stream are missing for good. */
  missing(p: number, flow: number, talk: Talk, toServer: boolean, missing: number): void {
    const side = talk.side(toServer);
    if (!talk.session) {
      side.protocol ??= 'none';
      side.held = undefined;
      side.missed += missing;
      this.giveUpIfUnknown(flow, talk);
      return;
    }
    this.counters.gap(this.numberOf(talk.session.protocol), this.transportOf(flow));
    this.parse(p, flow, talk, session => {
      if (!talk.gap(toServer, missing)) session.failed = true;
    });
  }

  ended(p: number, flow: number, talk: Talk, toServer: boolean, reset: boolean): void {
    if (!talk.session) return;
    talk.session.ending = true;
    this.parse(p, flow, talk, () => talk.end(toServer, reset));
  }

  /** Bytes were missing before the protocol was known. */
  private tellMissed(p: number, flow: number, talk: Talk, toServer: boolean): void {
    const side = talk.side(toServer);
    const { missed } = side;
    side.missed = 0;
    this.missing(p, flow, talk, toServer, missed);
  }

  private deliver(
    p: number,
    flow: number,
    talk: Talk,
    toServer: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (talk.side(toServer).missed > 0) this.tellMissed(p, flow, talk, toServer);
    const session = this.ready(p, talk);
    if (!session) return;
    try {
      if (this.errors.simulating) this.errors.simulate(toServer, talk.received(toServer));
      talk.deliver(toServer, bytes, start, end);
    } catch (error) {
      this.gaveUp(session, error);
    }
    this.fulfil(p, flow, talk, session);
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
    if (talk.side(toServer).protocol === undefined)
      this.recognise(p, flow, talk, toServer, bytes, start, end);
    const session = this.ready(p, talk);
    if (!session) return;
    // Client and server of the flow may have changed places.
    const ofClient = ((this.row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0) !== talk.reversed;
    try {
      if (this.errors.simulating) this.errors.simulate(ofClient, talk.side(ofClient).datagrams++);
      session.protocol.datagram?.(session, bytes, start, end, ofClient);
      session.frames?.took(ofClient, 0, bytes, start, end - start, end - start);
    } catch (error) {
      this.gaveUp(session, error);
    }
    this.fulfil(p, flow, talk, session);
    // One that cannot be read says nothing of those behind it.
    session.failed = false;
  }

  // ── recognition ──

  /** Tries to tell the protocol of one direction; starts the parser when it is known. */
  private recognise(
    p: number,
    flow: number,
    talk: Talk,
    toServer: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const side = talk.side(toServer);
    const f = flow * Flow.INTS;
    const answer = this.recogniser.recognise(
      this.transportOf(flow),
      toServer,
      this.flows[f + Flow.SERVER_PORT]!,
      this.flows[f + Flow.CLIENT_PORT]!,
      bytes,
      start,
      end,
    );
    if (answer === 'more' && end - start < ENOUGH) return;
    if (answer === 'more' || answer === 'none') {
      side.protocol = 'none';
      if (talk.session) Packet.setEvent(this.row, p, Event.APPLAYER_DETECT_PROTOCOL_ONLY_ONE_DIRECTION);
      else {
        if (this.transportOf(flow) === 'udp') this.fail(flow);
        this.giveUpIfUnknown(flow, talk);
      }
      return;
    }
    if (answer.reversed && !talk.session && this.transportOf(flow) === 'udp' && this.swapFlow?.()) {
      this.beginSwapped(p, flow, talk, !toServer, answer.protocol);
      return;
    }
    side.protocol = answer.protocol;
    this.note(flow, toServer, answer.protocol);
    if (talk.session) {
      if (talk.session.protocol !== answer.protocol)
        Packet.setEvent(this.row, p, Event.APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS);
      return;
    }
    if (answer.reversed) Packet.setEvent(this.row, p, Event.APPLAYER_WRONG_DIRECTION_FIRST_DATA);
    talk.reversed = answer.reversed;
    this.begin(p, flow, talk, answer.protocol);
    this.deliverHeld(p, flow, talk, !toServer);
  }

  /** Client and server of the flow were exchanged, so that the packet in hand goes the way it speaks. */
  private beginSwapped(p: number, flow: number, talk: Talk, toServer: boolean, protocol: Protocol): void {
    talk.side(toServer).protocol = protocol;
    this.note(flow, toServer, protocol);
    this.begin(p, flow, talk, protocol);
  }

  /** What came of the other direction before the protocol was known. It goes on being recognised for itself. */
  private deliverHeld(p: number, flow: number, talk: Talk, toServer: boolean): void {
    const { held } = talk.side(toServer);
    if (!talk.session || !held) return;
    this.deliver(p, flow, talk, toServer, held.view(), 0, held.length);
    if (talk.side(toServer).protocol !== undefined) talk.side(toServer).held = undefined;
  }

  private begin(p: number, flow: number, talk: Talk, protocol: Protocol, inherited?: unknown): void {
    const number = this.numberOf(protocol);
    this.flows[flow * Flow.INTS + Flow.APP_PROTOCOL] = number + 1;
    this.counters.flow(number, this.transportOf(flow));
    const session = this.sessions.begin(talk, flow, number, this.transportOf(flow), inherited);
    if (!session) {
      talk.ignored = true;
      return;
    }
    session.seconds = this.row[p + Packet.SECONDS]!;
    session.nanoseconds = this.row[p + Packet.NANOSECONDS]!;
  }

  private note(flow: number, toServer: boolean, protocol: Protocol): void {
    const column = toServer ? Flow.APP_PROTOCOL_TO_SERVER : Flow.APP_PROTOCOL_TO_CLIENT;
    this.flows[flow * Flow.INTS + column] = this.numberOf(protocol) + 1;
  }

  /** Neither direction is of a protocol that we know. */
  private giveUpIfUnknown(flow: number, talk: Talk): void {
    if (talk.toServer.protocol === 'none' && talk.toClient.protocol === 'none') this.giveUp(flow, talk);
  }

  private giveUp(flow: number, talk: Talk): void {
    talk.ignored = true;
    talk.toServer.held = undefined;
    talk.toClient.held = undefined;
    this.fail(flow);
  }

  /** The flow's protocol is unknown. Of UDP that is said as soon as one side is; the other may still tell. */
  private fail(flow: number): void {
    const column = flow * Flow.INTS + Flow.APP_PROTOCOL;
    if (this.flows[column] === -1) return;
    this.flows[column] = -1;
    this.counters.unknown(this.transportOf(flow));
  }

  // ── parsing ──

  /** The session whose parser may run now, with the time of the packet in hand. */
  private ready(p: number, { session }: Talk): Session | undefined {
    if (!session || session.failed) return undefined;
    session.seconds = this.row[p + Packet.SECONDS]!;
    session.nanoseconds = this.row[p + Packet.NANOSECONDS]!;
    return session;
  }

  /** A parser that throws, or says itself that it failed, is counted and not asked again for this flow. */
  private gaveUp(session: Session, error: unknown): void {
    session.failed = true;
    this.thread.log.debug(`parser ${session.protocol.name} failed: ${(error as Error).stack}`);
  }

  /** Runs a parser for what is rare; what comes with every packet has no function made for it. */
  private parse(p: number, flow: number, talk: Talk, run: (session: Session) => void): void {
    const session = this.ready(p, talk);
    if (!session) return;
    try {
      run(session);
    } catch (error) {
      this.gaveUp(session, error);
    }
    this.fulfil(p, flow, talk, session);
  }

  private fulfil(p: number, flow: number, talk: Talk, session: Session): void {
    const { requests } = session;
    talk.told = false;
    if (session.failed) this.noteFailure(p, flow, session);
    if (requests.stopInspection !== 'no') talk.encrypted = true;
    if (requests.stopInspection === 'bypass' && !talk.bypassed) this.bypass(flow, talk);
    if (requests.streamDepth !== undefined) {
      const control = this.thread.services.get(STREAM_CONTROL) as StreamControl | undefined;
      control?.setDepth(flow, requests.streamDepth);
      requests.streamDepth = undefined;
    }
    if (requests.expect !== undefined) {
      this.announce(p, session, requests.expect);
      requests.expect = undefined;
    }
    if (requests.changeTo !== undefined && talk.session === session)
      this.change(p, flow, talk, requests.changeTo);
  }

  private bypass(flow: number, talk: Talk): void {
    const f = flow * Flow.INTS;
    talk.bypassed = true;
    this.flows[f + Flow.FLAGS]! |= Flow.FLAG_BYPASSED;
    this.flows[f + Flow.STATE] = Flow.STATE_LOCAL_BYPASSED;
  }

  private announce(p: number, { sides }: Session, { protocol, port, detail }: Announcement): void {
    const number = this.protocols.findIndex(({ name }) => name === protocol) + 1;
    const now = this.row[p + Packet.SECONDS]!;
    const { clientAddress, serverAddress } = sides;
    if (number > 0)
      this.expectations.add(clientAddress, serverAddress, port, now, { protocol: number, detail });
  }

  private noteFailure(p: number, flow: number, session: Session): void {
    const protocol = this.numberOf(session.protocol);
    const transport = this.transportOf(flow);
    const lacks = session.client.state === 'gap' || session.server.state === 'gap';
    if (!lacks) this.counters.failure(protocol, transport);
    this.errors.apply(p, flow, protocol, transport);
  }

  /** Goes on as another protocol: transactions so far are complete, bytes not read yet go to the new parser. */
  private change(p: number, flow: number, talk: Talk, name: string): void {
    const before = talk.session!;
    before.requests.changeTo = undefined;
    if (++talk.changes > MOST_CHANGES) {
      before.failed = true;
      return;
    }
    for (const transaction of [...before.transactions]) before.complete(transaction);
    for (const toServer of [true, false]) before.frames?.ended(toServer);
    const next = this.protocols.find(protocol => protocol.name === name);
    const rest = { toServer: talk.unread(true), toClient: talk.unread(false) };
    talk.former.push(before);
    talk.session = undefined;
    for (const toServer of [true, false]) {
      const side = talk.side(toServer);
      side.protocol = next;
      side.routine = undefined;
      side.held = undefined;
    }
    const f = flow * Flow.INTS;
    this.flows[f + Flow.APP_PROTOCOL_ORIGINAL] = this.numberOf(before.protocol) + 1;
    this.flows[f + Flow.APP_PROTOCOL] = 0;
    this.flows[f + Flow.APP_PROTOCOL_TO_SERVER] = 0;
    this.flows[f + Flow.APP_PROTOCOL_TO_CLIENT] = 0;
    if (next) {
      this.note(flow, true, next);
      this.note(flow, false, next);
      this.begin(p, flow, talk, next, before.requests.handOver);
      const session = talk.session as Session | undefined;
      // It has read nothing yet.
      if (session) session.precededBy = before.protocol.name;
    }
    for (const toServer of [true, false]) {
      const bytes = toServer ? rest.toServer : rest.toClient;
      if (bytes.length > 0) this.data(p, flow, talk, toServer, bytes, 0, bytes.length);
    }
  }

  /** The flow is over. */
  end(slot: number, p: number, flow: number): void {
    const talk = this.talks[flow];
    if (!talk) return;
    this.talks[flow] = undefined;
    const { session } = talk;
    if (session) {
      for (const toServer of [true, false]) this.parse(p, flow, talk, () => talk.end(toServer, false));
      for (const toServer of [true, false]) session.frames?.ended(toServer);
      this.parse(p, flow, talk, () => session.protocol.finish?.(session));
      for (const transaction of [...session.transactions]) session.complete(transaction);
      if (session.failed) session.forgetChanges();
    }
    this.telling.tell(slot, talk, true);
    this.telling.tell(slot, talk, false);
  }

  private numberOf(protocol: Protocol): number {
    return this.protocols.indexOf(protocol);
  }

  private transportOf(flow: number): Transport {
    return this.flows[flow * Flow.INTS + Flow.PROTOCOL] === UDP ? 'udp' : 'tcp';
  }
}
