/**
 * All application-layer sessions of a thread, by flow: feeds them stream data and datagrams, and reports the results of
 * their parsers.
 */
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import { ApplicationCounters } from './application-counters.js';
import { ApplicationState, type DirectionState } from './application-state.js';
import { EXPECTATIONS, Expectations } from './expectations.js';
import { FlowProtocols } from './flow-protocols.js';
import type { PacketContext } from './packet-context.js';
import { ParserRunner } from './parser-runner.js';
import { ProtocolChanges } from './protocol-changes.js';
import { SessionFactory } from './session-factory.js';
import { SessionStarter } from './session-starter.js';
import { TransactionReporter } from './transaction-reporter.js';

export class SessionTable {
  readonly reporter: TransactionReporter;
  private readonly states: (ApplicationState | undefined)[] = [];
  private readonly context: PacketContext = {
    p: -1,
    flow: -1,
    state: new ApplicationState(),
    toServer: true,
  };
  private readonly sessions: SessionFactory;
  private readonly expectations: Expectations;
  private readonly expectationCounter: number;
  private readonly runner: ParserRunner;
  private readonly starter: SessionStarter;
  private readonly changes: ProtocolChanges;
  private readonly flowProtocols: FlowProtocols;

  constructor(
    private readonly thread: Thread,
    protocols: readonly Protocol[],
  ) {
    const records = new FlowProtocols(thread, protocols);
    this.flowProtocols = records;
    const counters = new ApplicationCounters(thread, protocols);
    // Shared by all threads.
    this.expectationCounter = thread.counters.declare('app_layer.expectations', 'max');
    this.sessions = new SessionFactory(thread, protocols);
    this.expectations = new Expectations(
      thread.shared[EXPECTATIONS] as SharedArrayBuffer | undefined,
      thread,
    );
    this.runner = new ParserRunner(
      thread,
      protocols,
      records,
      counters,
      this.expectations,
      (context, before) => this.changes.change(context, before),
    );
    this.starter = new SessionStarter(
      thread,
      protocols,
      records,
      this.sessions,
      counters,
      this.expectations,
      this.runner,
    );
    this.changes = new ProtocolChanges(
      protocols,
      records,
      this.sessions,
      this.starter,
      (context, bytes, start, end) => this.data(context, bytes, start, end),
    );
    this.reporter = new TransactionReporter(thread, session =>
      counters.transactions(records.numberOf(session.protocol), records.transportOf(session.flow)),
    );
  }

  /** Updates the gauges. */
  updateGauges(): void {
    this.sessions.updateGauges();
    if (this.expectations.isEmpty) return;
    this.thread.counters.values[this.expectationCounter] = this.expectations.pending;
  }

  reload(shared: Thread['shared']): void {
    this.sessions.reload(shared);
  }

  useFrames(names: ReadonlySet<string>): void {
    this.sessions.framesInRules = names;
  }

  /** @param swap see `SessionStarter.swapFlow` */
  setSwap(swap: () => void): void {
    this.starter.swapFlow = swap;
  }

  find(flow: number): ApplicationState | undefined {
    return this.states[flow];
  }

  /** A packet of a session, which is created if it does not exist; valid until the next packet. */
  contextOf(p: number, flow: number, toServer: boolean): PacketContext {
    const { context } = this;
    let state = this.states[flow];
    if (!state) {
      state = new ApplicationState();
      this.states[flow] = state;
    }
    context.p = p;
    context.flow = flow;
    context.state = state;
    context.toServer = toServer;
    return context;
  }

  // ── streams ──

  data(context: PacketContext, bytes: Uint8Array, start: number, end: number): void {
    const { state } = context;
    const direction = state.direction(context.toServer);
    direction.hasData = true;
    if (direction.protocol !== undefined && state.session) {
      if (state.expectedProtocol) this.changes.firstData(context, bytes, start, end);
      else this.runner.deliver(context, bytes, start, end);
      return;
    }
    if (!this.expectations.isEmpty && state.isFresh && this.starter.startExpected(context)) {
      this.runner.deliver(context, bytes, start, end);
      return;
    }
    this.detectProtocol(context, direction, bytes, start, end);
  }

  /** The protocol of the direction is not known yet, or no parser takes its data. */
  private detectProtocol(
    context: PacketContext,
    direction: DirectionState,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { state } = context;
    if (state.retainedProtocol) this.leaveProtocol(context.flow, state, state.retainedProtocol);
    const { protocolChanges } = state;
    const known = state.session !== undefined;
    const buffered = direction.buffered;
    buffered?.append(bytes, start, end);
    if (direction.protocol === undefined) {
      if (buffered) this.starter.recognise(context, buffered.view(), 0, buffered.length);
      else this.starter.recognise(context, bytes, start, end);
    }
    // A session that has just begun gets all of it.
    if (state.session && buffered && !known)
      this.runner.deliver(context, buffered.view(), 0, buffered.length);
    else if (state.session) this.runner.deliver(context, bytes, start, end);
    // Data that a parser consumed before it requested another protocol is not passed to that protocol.
    if (state.protocolChanges === protocolChanges) this.starter.buffer(context, bytes, start, end);
  }

  private leaveProtocol(flow: number, state: ApplicationState, protocol: Protocol): void {
    state.retainedProtocol = undefined;
    this.flowProtocols.leave(flow, protocol);
  }

  /** Bytes of a stream are permanently missing. */
  gap(context: PacketContext, missing: number): void {
    const { flow, state, toServer } = context;
    if (state.session) {
      this.runner.gap(context, missing);
      return;
    }
    if (state.retainedProtocol) this.leaveProtocol(flow, state, state.retainedProtocol);
    const direction = state.direction(toServer);
    direction.protocol ??= 'none';
    direction.buffered = undefined;
    direction.missingBytes += missing;
    this.starter.ignoreIfUnknown(flow, state);
  }

  /**
   * No more data will follow in a direction.
   * @param over the stream itself has ended: beyond the reassembly depth it continues unread
   */
  endDirection(context: PacketContext, reset: boolean, over: boolean): void {
    const { state, toServer } = context;
    const { session } = state;
    if (!session) return;
    session.ending = over;
    this.runner.run(context, () => state.end(toServer, reset, !over));
    session.ending = false;
  }

  // ── datagrams ──

  datagram(context: PacketContext, bytes: Uint8Array, start: number, end: number): void {
    const direction = context.state.direction(context.toServer);
    direction.hasData = true;
    if (direction.protocol === undefined) this.starter.recognise(context, bytes, start, end);
    this.runner.datagram(context, bytes, start, end);
  }

  /** The flow is over. */
  endFlow(slot: number, p: number, flow: number): void {
    const state = this.states[flow];
    if (!state) return;
    this.states[flow] = undefined;
    const { session } = state;
    if (session) {
      const context = { p, flow, state, toServer: true };
      for (const toServer of [true, false]) this.runner.run(context, () => state.end(toServer, false, false));
      for (const toServer of [true, false]) session.frames?.ended(toServer);
      this.runner.run(context, () => session.protocol.finish?.(session));
      for (const transaction of [...session.transactions]) session.complete(transaction);
      if (session.failed) for (const toServer of [true, false]) session.clearChanged(toServer);
    }
    // Datagrams have no end packet: transactions they left open belong to no packet.
    if (this.flowProtocols.transportOf(flow) === 'udp') {
      if (session) this.reporter.discard(session);
      return;
    }
    this.reporter.report(slot, state, true);
    this.reporter.report(slot, state, false);
  }
}
