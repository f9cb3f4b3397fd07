/**
 * How sessions begin: recognises the protocol of each direction, and starts the parser with the data received so far.
 */
import * as Flow from '../flow/flow-record.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { Protocol } from '../protocol.js';
import type { ApplicationCounters } from './application-counters.js';
import { type Arrival, inDirection } from './arrival.js';
import type { Expectations } from './expectations.js';
import type { FlowProtocols } from './flow-protocols.js';
import { GrowingBytes } from './growing-bytes.js';
import * as Event from './packet-events.js';
import type { Parsing } from './parsing.js';
import { ENOUGH, Recogniser } from './recognition.js';
import type { Sessions } from './sessions.js';
import type { Talk } from './talk.js';

/** Maximum bytes of a direction held until the other is recognised. */
const MOST_HELD = 100_000;

export class Beginnings {
  /** Swaps client and server of the flow of the current packet. */
  swapFlow: (() => void) | undefined;
  private readonly recogniser: Recogniser;
  private readonly row: Int32Array;
  private readonly flows: Int32Array;

  constructor(
    thread: Thread,
    private readonly protocols: readonly Protocol[],
    private readonly records: FlowProtocols,
    private readonly sessions: Sessions,
    private readonly counters: ApplicationCounters,
    private readonly expectations: Expectations,
    private readonly parsing: Parsing,
  ) {
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.recogniser = new Recogniser(sessions.recognised, thread.config);
  }

  /** @returns whether another session announced this one; it has begun in that case */
  beginExpected(at: Arrival): boolean {
    const { p, flow, talk } = at;
    const { clientAddress, serverAddress, serverPort } = this.sessions.sidesOf(flow, talk);
    const now = Packet.secondsOf(this.row, p);
    const found = this.expectations.take(clientAddress, serverAddress, serverPort, now);
    const protocol = found && this.protocols[found.protocol - 1];
    if (!protocol || !this.sessions.isEnabled(this.records.numberOf(protocol))) return false;
    for (const toServer of [true, false]) {
      talk.side(toServer).protocol = protocol;
      this.records.note(flow, toServer, protocol);
    }
    this.begin(at, protocol, found.detail);
    return true;
  }

  /**
   * Whether the first bytes after a protocol change are of the requested protocol.
   * @returns true, false if they are of no known protocol, or the protocol recognised instead
   */
  isAsExpected(at: Arrival, bytes: Uint8Array, start: number, end: number): Protocol | boolean | 'more' {
    const { p, talk } = at;
    const answer = this.ask(at, bytes, start, end);
    if (answer === 'more') return end - start < ENOUGH ? 'more' : false;
    if (answer === 'none') {
      Packet.setEvent(this.row, p, Event.APPLAYER_NO_TLS_AFTER_STARTTLS);
      return false;
    }
    if (answer.protocol === talk.expected) return true;
    Packet.setEvent(this.row, p, Event.APPLAYER_UNEXPECTED_PROTOCOL);
    return answer.protocol;
  }

  private ask(
    { flow, toServer, talk }: Arrival,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): ReturnType<Recogniser['recognise']> {
    const f = flow * Flow.INTS;
    const other = talk.expected ? undefined : talk.side(!toServer).protocol;
    return this.recogniser.recognise(
      this.records.transportOf(flow),
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
  recognise(at: Arrival, bytes: Uint8Array, start: number, end: number): void {
    const { p, flow, talk, toServer } = at;
    const side = talk.side(toServer);
    const answer = this.ask(at, bytes, start, end);
    if (answer === 'more' && end - start < ENOUGH) return;
    if (answer === 'more' || answer === 'none') {
      side.protocol = 'none';
      const isUdp = this.records.transportOf(flow) === 'udp';
      if (talk.session) {
        // For datagrams one side is enough.
        if (!isUdp) Packet.setEvent(this.row, p, Event.APPLAYER_DETECT_PROTOCOL_ONLY_ONE_DIRECTION);
      } else {
        if (isUdp) {
          this.records.failSide(flow, toServer);
          this.fail(flow);
        }
        this.giveUpIfUnknown(flow, talk);
      }
      return;
    }
    if (answer.reversed && !talk.session && this.records.transportOf(flow) === 'udp' && this.swapFlow) {
      this.swapFlow();
      this.beginSwapped(inDirection(at, !toServer), answer.protocol);
      return;
    }
    side.protocol = answer.protocol;
    this.records.note(flow, toServer, answer.protocol);
    if (talk.session) {
      const { name, variantOf } = talk.session.protocol;
      if (answer.protocol.name !== (variantOf ?? name))
        Packet.setEvent(this.row, p, Event.APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS);
      return;
    }
    if (answer.reversed) Packet.setEvent(this.row, p, Event.APPLAYER_WRONG_DIRECTION_FIRST_DATA);
    talk.reversed = answer.reversed;
    this.begin(at, answer.protocol);
    this.deliverHeld(inDirection(at, !toServer));
  }

  /** Client and server of the flow were swapped, so that the direction of the current packet fits its content. */
  private beginSwapped(at: Arrival, protocol: Protocol): void {
    const side = at.talk.side(at.toServer);
    side.protocol = protocol;
    side.heard = true;
    this.records.note(at.flow, at.toServer, protocol);
    this.begin(at, protocol);
  }

  /**
   * Delivers data of the other direction received before the protocol was known. Recognition of that direction
   * continues.
   */
  private deliverHeld(at: Arrival): void {
    const side = at.talk.side(at.toServer);
    const { held } = side;
    if (!at.talk.session || !held) return;
    this.parsing.deliver(at, held.view(), 0, held.length);
    if (side.protocol !== undefined) side.held = undefined;
  }

  /** Starts the parser of a protocol. */
  begin({ p, flow, talk }: Arrival, protocol: Protocol, inherited?: unknown): void {
    const number = this.records.numberOf(protocol);
    this.records.set(flow, number);
    this.counters.flow(number, this.records.transportOf(flow));
    const session = this.sessions.begin(talk, flow, number, this.records.transportOf(flow), inherited);
    if (!session) {
      talk.ignored = true;
      return;
    }
    session.precededBy = talk.precededBy;
    session.seconds = Packet.secondsOf(this.row, p);
    session.nanoseconds = this.row[p + Packet.NANOSECONDS]!;
  }

  /** Keeps the beginning of a direction while it may still be needed. */
  hold({ p, flow, talk, toServer }: Arrival, bytes: Uint8Array, start: number, end: number): void {
    const side = talk.side(toServer);
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

  /** Neither direction is of a known protocol. */
  giveUpIfUnknown(flow: number, talk: Talk): void {
    if (talk.toServer.protocol === 'none' && talk.toClient.protocol === 'none') this.giveUp(flow, talk);
  }

  private giveUp(flow: number, talk: Talk): void {
    talk.ignored = true;
    talk.toServer.held = undefined;
    talk.toClient.held = undefined;
    for (const toServer of [true, false]) this.records.failSide(flow, toServer);
    this.fail(flow);
  }

  /** The flow's protocol is unknown. For UDP this is set as soon as one side is; the other may still be recognised. */
  private fail(flow: number): void {
    if (this.records.fail(flow)) this.counters.unknown(this.records.transportOf(flow));
  }
}
