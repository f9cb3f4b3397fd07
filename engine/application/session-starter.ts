/**
 * How sessions begin: recognises the protocol of each direction, and starts the parser with the data received so far.
 */
import * as Flow from '../flow/flow-record.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { Protocol } from '../protocol.js';
import type { ApplicationCounters } from './application-counters.js';
import type { ApplicationState } from './application-state.js';
import type { Expectations } from './expectations.js';
import type { FlowProtocols } from './flow-protocols.js';
import { GrowingBytes } from './growing-bytes.js';
import { inDirection, type PacketContext } from './packet-context.js';
import * as Event from './packet-events.js';
import type { ParserRunner } from './parser-runner.js';
import { MAX_RECOGNITION_BYTES, Recogniser } from './recognition.js';
import type { SessionFactory } from './session-factory.js';

/** Maximum bytes of a direction held until the other is recognised. */
const MAX_BUFFERED = 100_000;

export class SessionStarter {
  /** Swaps client and server of the flow of the current packet. */
  swapFlow: (() => void) | undefined;
  private readonly recogniser: Recogniser;
  private readonly row: Int32Array;
  private readonly flows: Int32Array;

  constructor(
    thread: Thread,
    private readonly protocols: readonly Protocol[],
    private readonly flowProtocols: FlowProtocols,
    private readonly sessions: SessionFactory,
    private readonly counters: ApplicationCounters,
    private readonly expectations: Expectations,
    private readonly runner: ParserRunner,
  ) {
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.recogniser = new Recogniser(sessions.enabledProtocols, thread.config);
  }

  /** @returns whether another session announced this one; it has begun in that case */
  startExpected(context: PacketContext): boolean {
    const { p, flow, state } = context;
    const { clientAddress, serverAddress, serverPort } = this.sessions.endpointsOf(flow, state);
    const now = Packet.secondsOf(this.row, p);
    const found = this.expectations.take(clientAddress, serverAddress, serverPort, now);
    const protocol = found && this.protocols[found.protocol - 1];
    if (!protocol || !this.sessions.isEnabled(this.flowProtocols.numberOf(protocol))) return false;
    for (const toServer of [true, false]) {
      state.direction(toServer).protocol = protocol;
      this.flowProtocols.setDirection(flow, toServer, protocol);
    }
    this.start(context, protocol, found.detail);
    return true;
  }

  /**
   * Whether the first bytes after a protocol change are of the requested protocol.
   * @returns true, false if they are of no known protocol, or the protocol recognised instead
   */
  checkExpected(
    context: PacketContext,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Protocol | boolean | 'more' {
    const { p, state } = context;
    const answer = this.recogniseProtocol(context, bytes, start, end);
    if (answer === 'more') return end - start < MAX_RECOGNITION_BYTES ? 'more' : false;
    if (answer === 'none') {
      Packet.setEvent(this.row, p, Event.APPLAYER_NO_TLS_AFTER_STARTTLS);
      return false;
    }
    if (answer.protocol === state.expectedProtocol) return true;
    Packet.setEvent(this.row, p, Event.APPLAYER_UNEXPECTED_PROTOCOL);
    return answer.protocol;
  }

  private recogniseProtocol(
    { flow, toServer, state }: PacketContext,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): ReturnType<Recogniser['recognise']> {
    const f = flow * Flow.INTS;
    const other = state.expectedProtocol ? undefined : state.direction(!toServer).protocol;
    return this.recogniser.recognise(
      this.flowProtocols.transportOf(flow),
      toServer,
      this.flows[f + Flow.SERVER_PORT]!,
      this.flows[f + Flow.CLIENT_PORT]!,
      bytes,
      start,
      end,
      other === 'none' ? undefined : other,
    );
  }

  /** Tries to recognise the protocol of one direction; starts the parser once it is known. */
  recognise(context: PacketContext, bytes: Uint8Array, start: number, end: number): void {
    const { p, flow, state, toServer } = context;
    const direction = state.direction(toServer);
    const answer = this.recogniseProtocol(context, bytes, start, end);
    if (answer === 'more' && end - start < MAX_RECOGNITION_BYTES) return;
    if (answer === 'more' || answer === 'none') {
      direction.protocol = 'none';
      const isUdp = this.flowProtocols.transportOf(flow) === 'udp';
      if (state.session) {
        // For datagrams one side is enough.
        if (!isUdp) Packet.setEvent(this.row, p, Event.APPLAYER_DETECT_PROTOCOL_ONLY_ONE_DIRECTION);
      } else {
        if (isUdp) {
          this.flowProtocols.setDirectionUnknown(flow, toServer);
          this.markUnknown(flow);
        }
        this.ignoreIfUnknown(flow, state);
      }
      return;
    }
    if (
      answer.reversed &&
      !state.session &&
      this.flowProtocols.transportOf(flow) === 'udp' &&
      this.swapFlow
    ) {
      this.swapFlow();
      this.startSwapped(inDirection(context, !toServer), answer.protocol);
      return;
    }
    direction.protocol = answer.protocol;
    this.flowProtocols.setDirection(flow, toServer, answer.protocol);
    if (state.session) {
      const { name, variantOf } = state.session.protocol;
      if (answer.protocol.name !== (variantOf ?? name))
        Packet.setEvent(this.row, p, Event.APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS);
      return;
    }
    if (answer.reversed) Packet.setEvent(this.row, p, Event.APPLAYER_WRONG_DIRECTION_FIRST_DATA);
    state.reversed = answer.reversed;
    this.start(context, answer.protocol);
    this.deliverBuffered(inDirection(context, !toServer));
  }

  /** Client and server of the flow were swapped, so that the direction of the current packet fits its content. */
  private startSwapped(context: PacketContext, protocol: Protocol): void {
    const direction = context.state.direction(context.toServer);
    direction.protocol = protocol;
    direction.hasData = true;
    this.flowProtocols.setDirection(context.flow, context.toServer, protocol);
    this.start(context, protocol);
  }

  /**
   * Delivers data of the other direction received before the protocol was known. Recognition of that direction
   * continues.
   */
  private deliverBuffered(context: PacketContext): void {
    const direction = context.state.direction(context.toServer);
    const { buffered } = direction;
    if (!context.state.session || !buffered) return;
    this.runner.deliver(context, buffered.view(), 0, buffered.length);
    if (direction.protocol !== undefined) direction.buffered = undefined;
  }

  /** Starts the parser of a protocol. */
  start({ p, flow, state }: PacketContext, protocol: Protocol, inherited?: unknown): void {
    const number = this.flowProtocols.numberOf(protocol);
    this.flowProtocols.set(flow, number);
    this.counters.flow(number, this.flowProtocols.transportOf(flow));
    const session = this.sessions.create(
      state,
      flow,
      number,
      this.flowProtocols.transportOf(flow),
      inherited,
    );
    if (!session) {
      state.ignored = true;
      return;
    }
    session.previousProtocol = state.previousProtocol;
    session.seconds = Packet.secondsOf(this.row, p);
    session.nanoseconds = this.row[p + Packet.NANOSECONDS]!;
  }

  /** Keeps the beginning of a direction while it may still be needed. */
  buffer({ p, flow, state, toServer }: PacketContext, bytes: Uint8Array, start: number, end: number): void {
    const direction = state.direction(toServer);
    if (state.ignored || (state.session && direction.protocol !== undefined)) {
      direction.buffered = undefined;
      return;
    }
    if (!direction.buffered) {
      direction.buffered = new GrowingBytes();
      direction.buffered.append(bytes, start, end);
    }
    if (direction.buffered.length <= MAX_BUFFERED) return;
    Packet.setEvent(this.row, p, Event.APPLAYER_PROTO_DETECTION_SKIPPED);
    this.ignore(flow, state);
  }

  /** Neither direction is of a known protocol. */
  ignoreIfUnknown(flow: number, state: ApplicationState): void {
    if (state.toServer.protocol === 'none' && state.toClient.protocol === 'none') this.ignore(flow, state);
  }

  private ignore(flow: number, state: ApplicationState): void {
    state.ignored = true;
    state.toServer.buffered = undefined;
    state.toClient.buffered = undefined;
    for (const toServer of [true, false]) this.flowProtocols.setDirectionUnknown(flow, toServer);
    this.markUnknown(flow);
  }

  /** The flow's protocol is unknown. For UDP this is set as soon as one side is; the other may still be recognised. */
  private markUnknown(flow: number): void {
    if (this.flowProtocols.setUnknown(flow)) this.counters.unknown(this.flowProtocols.transportOf(flow));
  }
}
