/** Runs the parsers of sessions, and handles their requests afterwards. */

import { bypassFlow } from '../flow/flow-bypass.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { Protocol } from '../protocol.js';
import { STREAM_CONTROL, type StreamControl } from '../stream/stream-control.js';
import type { ApplicationCounters } from './application-counters.js';
import { type Arrival, inDirection } from './arrival.js';
import type { Expectations } from './expectations.js';
import type { FlowProtocols } from './flow-protocols.js';
import { enabling } from './load-protocols.js';
import { ParserErrors } from './parser-errors.js';
import type { Session } from './session.js';
import type { Talk } from './talk.js';

export class Parsing {
  private readonly errors: ParserErrors;
  private readonly row: Int32Array;

  /** @param change called if a parser requests a change to another protocol */
  constructor(
    private readonly thread: Thread,
    private readonly protocols: readonly Protocol[],
    private readonly records: FlowProtocols,
    private readonly counters: ApplicationCounters,
    private readonly expectations: Expectations,
    private readonly change: (at: Arrival, before: Session) => void,
  ) {
    this.row = thread.memory.row;
    this.errors = new ParserErrors(thread, protocols);
  }

  /** Bytes of a stream. */
  deliver(at: Arrival, bytes: Uint8Array, start: number, end: number): void {
    const { talk, toServer } = at;
    if (talk.side(toServer).missed > 0) this.missedBefore(at);
    const session = this.ready(at);
    if (!session) return;
    try {
      if (this.errors.simulating) this.errors.simulate(toServer, talk.received(toServer));
      if (!talk.deliver(toServer, bytes, start, end)) return;
    } catch (error) {
      this.gaveUp(at, session, error);
    }
    this.fulfil(at, session);
  }

  /** One datagram. */
  datagram(at: Arrival, bytes: Uint8Array, start: number, end: number): void {
    const session = this.ready(at);
    if (!session) return;
    const { p, talk } = at;
    // Client and server of the flow may have been swapped.
    const ofClient = ((this.row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0) !== talk.reversed;
    try {
      if (this.errors.simulating) this.errors.simulate(ofClient, talk.side(ofClient).datagrams++);
      session.protocol.datagram?.(session, bytes, start, end, ofClient);
      session.frames?.took(ofClient, 0, bytes, start, end - start, end - start);
    } catch (error) {
      this.gaveUp(at, session, error);
    }
    this.fulfil(at, session);
    // A datagram that cannot be parsed does not affect those after it.
    session.failed = false;
  }

  /** Bytes of a stream are permanently missing. */
  missing(at: Arrival, missing: number): void {
    const { flow, talk, toServer } = at;
    this.counters.gap(this.records.numberOf(talk.session!.protocol), this.records.transportOf(flow));
    this.run(at, session => {
      if (!talk.gap(toServer, missing)) session.failed = true;
    });
  }

  /** Bytes were missing before the protocol was known. */
  private missedBefore(at: Arrival): void {
    const side = at.talk.side(at.toServer);
    const { missed } = side;
    side.missed = 0;
    if (at.talk.session) this.missing(at, missed);
  }

  /** Runs a parser for rare cases; the per-packet path avoids creating a closure. */
  run(at: Arrival, run: (session: Session) => void): void {
    const session = this.ready(at);
    if (!session) return;
    try {
      run(session);
    } catch (error) {
      this.gaveUp(at, session, error);
    }
    this.fulfil(at, session);
  }

  /** The session whose parser may run now, with the time of the current packet. */
  private ready({ p, talk: { session } }: Arrival): Session | undefined {
    if (!session || session.failed) return undefined;
    session.seconds = Packet.secondsOf(this.row, p);
    session.nanoseconds = this.row[p + Packet.NANOSECONDS]!;
    return session;
  }

  /** A parser that throws or reports a failure is counted and not called again for this flow. */
  private gaveUp({ flow }: Arrival, session: Session, error: unknown): void {
    session.failed = true;
    if (!this.errors.simulating)
      this.counters.mistake(this.records.numberOf(session.protocol), this.records.transportOf(flow));
    this.thread.log.debug(`parser ${session.protocol.name} failed: ${(error as Error).stack}`);
  }

  private fulfil(at: Arrival, session: Session): void {
    const { p, flow, talk } = at;
    const { requests } = session;
    if (session.hasNews) talk.told = false;
    if (session.failed) this.noteFailure(at, session);
    if (requests.stopInspection !== 'no') talk.encrypted = true;
    if (requests.stopInspection === 'bypass' && !talk.bypassed) this.bypass(flow, talk);
    if (requests.streamDepth !== undefined) {
      const control = this.thread.services.get(STREAM_CONTROL) as StreamControl | undefined;
      (control ?? this.thread.distantStreams)?.setDepth(flow, requests.streamDepth);
      requests.streamDepth = undefined;
    }
    if (requests.inspectClient) {
      requests.inspectClient = false;
      talk.side(!talk.reversed).inspect = true;
    }
    if (requests.readClient) this.readClient(at, session);
    if (requests.expect.length > 0) this.announce(p, session);
    if (requests.become !== undefined) this.become(flow, session);
    if (requests.changeTo !== undefined && talk.session === session) this.change(at, session);
  }

  private readClient(at: Arrival, { requests }: Session): void {
    requests.readClient = false;
    const { talk } = at;
    for (const toServer of [!talk.reversed, talk.reversed])
      this.run(inDirection(at, toServer), () => talk.goOn(toServer));
  }

  /** Switches the session to a variant of its protocol, if that is enabled. */
  private become(flow: number, session: Session): void {
    const { requests, protocol } = session;
    const next = this.protocols.find(({ name }) => name === requests.become);
    requests.become = undefined;
    if (next?.variantOf !== protocol.name || enabling(next, this.thread.config) !== 'yes') return;
    session.protocol = next;
    this.records.leave(flow, protocol);
    this.records.set(flow, this.records.numberOf(next));
    for (const toServer of [true, false]) this.records.note(flow, toServer, next);
  }

  private bypass(flow: number, talk: Talk): void {
    talk.bypassed = true;
    bypassFlow(this.thread, flow);
  }

  private announce(p: number, session: Session): void {
    const now = Packet.secondsOf(this.row, p);
    const { clientAddress, serverAddress } = session.sides;
    for (const { protocol, port, detail } of session.requests.expect) {
      const number = this.protocols.findIndex(({ name }) => name === protocol) + 1;
      if (number > 0)
        this.expectations.add(clientAddress, serverAddress, port, now, { protocol: number, detail });
    }
    session.requests.expect = [];
  }

  private noteFailure({ p, flow, talk }: Arrival, session: Session): void {
    const protocol = this.records.numberOf(session.protocol);
    const transport = this.records.transportOf(flow);
    if (!session.lacksBytes) this.counters.failure(protocol, transport);
    talk.settled = this.errors.apply(p, flow, protocol, transport);
  }
}
