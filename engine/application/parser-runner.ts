/** Runs the parsers of sessions, and handles their requests afterwards. */

import { bypassFlow } from '../flow/flow-bypass.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { Protocol } from '../protocol.js';
import { STREAM_CONTROL, type StreamControl } from '../stream/stream-control.js';
import type { ApplicationCounters } from './application-counters.js';
import type { ApplicationState } from './application-state.js';
import type { Expectations } from './expectations.js';
import type { FlowProtocols } from './flow-protocols.js';
import { parserMode } from './load-protocols.js';
import { inDirection, type PacketContext } from './packet-context.js';
import { ParserErrors } from './parser-errors.js';
import type { Session } from './session.js';

export class ParserRunner {
  private readonly errors: ParserErrors;
  private readonly row: Int32Array;

  /** @param change called if a parser requests a change to another protocol */
  constructor(
    private readonly thread: Thread,
    private readonly protocols: readonly Protocol[],
    private readonly flowProtocols: FlowProtocols,
    private readonly counters: ApplicationCounters,
    private readonly expectations: Expectations,
    private readonly change: (context: PacketContext, before: Session) => void,
  ) {
    this.row = thread.memory.row;
    this.errors = new ParserErrors(thread, protocols);
  }

  /** Bytes of a stream. */
  deliver(context: PacketContext, bytes: Uint8Array, start: number, end: number): void {
    const { state, toServer } = context;
    if (state.direction(toServer).missingBytes > 0) this.reportEarlierGap(context);
    const session = this.activeSession(context);
    if (!session) return;
    try {
      if (this.errors.simulating) this.errors.simulate(toServer, state.received(toServer));
      if (!state.deliver(toServer, bytes, start, end)) return;
    } catch (error) {
      this.parserThrew(context, session, error);
    }
    this.handleRequests(context, session);
  }

  /** One datagram. */
  datagram(context: PacketContext, bytes: Uint8Array, start: number, end: number): void {
    const session = this.activeSession(context);
    if (!session) return;
    const { p, state } = context;
    // Client and server of the flow may have been swapped.
    const ofClient = ((this.row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0) !== state.reversed;
    try {
      if (this.errors.simulating) this.errors.simulate(ofClient, state.direction(ofClient).datagrams++);
      session.protocol.datagram?.(session, bytes, start, end, ofClient);
      session.frames?.consumed(ofClient, 0, bytes, start, end - start, end - start);
    } catch (error) {
      this.parserThrew(context, session, error);
    }
    this.handleRequests(context, session);
    // A datagram that cannot be parsed does not affect those after it.
    session.failed = false;
  }

  /** Bytes of a stream are permanently missing. */
  gap(context: PacketContext, missing: number): void {
    const { flow, state, toServer } = context;
    this.counters.gap(
      this.flowProtocols.numberOf(state.session!.protocol),
      this.flowProtocols.transportOf(flow),
    );
    this.run(context, session => {
      if (!state.gap(toServer, missing)) session.failed = true;
    });
  }

  /** Bytes were missing before the protocol was known. */
  private reportEarlierGap(context: PacketContext): void {
    const direction = context.state.direction(context.toServer);
    const { missingBytes } = direction;
    direction.missingBytes = 0;
    if (context.state.session) this.gap(context, missingBytes);
  }

  /** Runs a parser for rare cases; the per-packet path avoids creating a closure. */
  run(context: PacketContext, run: (session: Session) => void): void {
    const session = this.activeSession(context);
    if (!session) return;
    try {
      run(session);
    } catch (error) {
      this.parserThrew(context, session, error);
    }
    this.handleRequests(context, session);
  }

  /** The session whose parser may run now, with the time of the current packet. */
  private activeSession({ p, state: { session } }: PacketContext): Session | undefined {
    if (!session || session.failed) return undefined;
    session.seconds = Packet.secondsOf(this.row, p);
    session.nanoseconds = this.row[p + Packet.NANOSECONDS]!;
    return session;
  }

  /** A parser that throws or reports a failure is counted and not called again for this flow. */
  private parserThrew({ flow }: PacketContext, session: Session, error: unknown): void {
    session.failed = true;
    if (!this.errors.simulating)
      this.counters.internalError(
        this.flowProtocols.numberOf(session.protocol),
        this.flowProtocols.transportOf(flow),
      );
    this.thread.log.debug(`parser ${session.protocol.name} failed: ${(error as Error).stack}`);
  }

  private handleRequests(context: PacketContext, session: Session): void {
    const { p, flow, state } = context;
    const { requests } = session;
    if (session.hasUnreported) state.isReported = false;
    if (session.failed) this.applyErrorPolicy(context, session);
    if (requests.stopInspection !== 'no') state.encrypted = true;
    if (requests.stopInspection === 'bypass' && !state.bypassed) this.bypass(flow, state);
    if (requests.streamDepth !== undefined) {
      const control = this.thread.services.get(STREAM_CONTROL) as StreamControl | undefined;
      (control ?? this.thread.remoteStreams)?.setDepth(flow, requests.streamDepth);
      requests.streamDepth = undefined;
    }
    if (requests.inspectClient) {
      requests.inspectClient = false;
      state.direction(!state.reversed).inspectStream = true;
    }
    if (requests.resumeClient) this.readClient(context, session);
    if (requests.expectations.length > 0) this.addExpectations(p, session);
    if (requests.changeToVariant !== undefined) this.changeVariant(flow, session);
    if (requests.changeTo !== undefined && state.session === session) this.change(context, session);
  }

  private readClient(context: PacketContext, { requests }: Session): void {
    requests.resumeClient = false;
    const { state } = context;
    for (const toServer of [!state.reversed, state.reversed])
      this.run(inDirection(context, toServer), () => state.resume(toServer));
  }

  /** Switches the session to a variant of its protocol, if that is enabled. */
  private changeVariant(flow: number, session: Session): void {
    const { requests, protocol } = session;
    const next = this.protocols.find(({ name }) => name === requests.changeToVariant);
    requests.changeToVariant = undefined;
    if (next?.variantOf !== protocol.name || parserMode(next, this.thread.config) !== 'yes') return;
    session.protocol = next;
    this.flowProtocols.leave(flow, protocol);
    this.flowProtocols.set(flow, this.flowProtocols.numberOf(next));
    for (const toServer of [true, false]) this.flowProtocols.setDirection(flow, toServer, next);
  }

  private bypass(flow: number, state: ApplicationState): void {
    state.bypassed = true;
    bypassFlow(this.thread, flow);
  }

  private addExpectations(p: number, session: Session): void {
    const now = Packet.secondsOf(this.row, p);
    const { clientAddress, serverAddress } = session.endpoints;
    for (const { protocol, port, detail } of session.requests.expectations) {
      const number = this.protocols.findIndex(({ name }) => name === protocol) + 1;
      if (number > 0)
        this.expectations.add(clientAddress, serverAddress, port, now, { protocol: number, detail });
    }
    session.requests.expectations = [];
  }

  private applyErrorPolicy({ p, flow, state }: PacketContext, session: Session): void {
    const protocol = this.flowProtocols.numberOf(session.protocol);
    const transport = this.flowProtocols.transportOf(flow);
    if (!session.hasGap) this.counters.failure(protocol, transport);
    state.policyApplied = this.errors.apply(p, flow, protocol, transport);
  }
}
