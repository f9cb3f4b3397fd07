/** Protocol changes of a flow: requested by its parser, or because another protocol is recognised. */
import type { Protocol } from '../protocol.js';
import type { FlowProtocols } from './flow-protocols.js';
import { GrowingBytes } from './growing-bytes.js';
import { inDirection, type PacketContext } from './packet-context.js';
import type { Session } from './session.js';
import type { SessionFactory } from './session-factory.js';
import type { SessionStarter } from './session-starter.js';

/** The protocol requested in cleartext: STARTTLS and similar. */
const ENCRYPTION = 'tls';

/** Event of a protocol whose change request is refused. */
const REFUSED = 'failed_protocol_change';

/** Maximum number of protocol changes per flow. */
const MAX_CHANGES = 8;

/** Unread bytes of each direction. */
interface UnreadBytes {
  readonly toServer: Uint8Array;
  readonly toClient: Uint8Array;
}
const NO_BYTES: UnreadBytes = { toServer: new Uint8Array(0), toClient: new Uint8Array(0) };

export class ProtocolChanges {
  /** @param deliver takes bytes as if they had just arrived */
  constructor(
    private readonly protocols: readonly Protocol[],
    private readonly flowProtocols: FlowProtocols,
    private readonly sessions: SessionFactory,
    private readonly starter: SessionStarter,
    private readonly deliver: (context: PacketContext, bytes: Uint8Array, start: number, end: number) => void,
  ) {}

  /** Changes to another protocol: existing transactions are completed, unread bytes go to the new parser. */
  change(context: PacketContext, before: Session): void {
    const { flow, state } = context;
    const name = before.requests.changeTo;
    before.requests.changeTo = undefined;
    if (state.hasUnexpectedProtocol) {
      refuseChange(before);
      return;
    }
    const number = this.protocols.findIndex(protocol => protocol.name === name);
    const next = this.protocols[number];
    // A disabled protocol is not parsed: the flow keeps its protocol.
    if (next && !this.sessions.isEnabled(number)) {
      state.ignored = true;
      for (const toServer of [true, false]) state.direction(toServer).coroutine = undefined;
      return;
    }
    const unread = this.switchProtocol(context, before, next);
    if (next && name === ENCRYPTION && state.session?.protocol === next) {
      state.expectedProtocol = next;
      this.flowProtocols.setExpected(flow, next);
    }
    this.deliverUnread(context, unread);
  }

  /**
   * The first data after encryption was requested in cleartext. It may be anything: the recognised protocol decides,
   * not the expected one.
   */
  firstData(context: PacketContext, bytes: Uint8Array, start: number, end: number): void {
    const { state, toServer } = context;
    const direction = state.direction(toServer);
    const { buffered } = direction;
    buffered?.append(bytes, start, end);
    const [all, from, to] = buffered
      ? ([buffered.view(), 0, buffered.length] as const)
      : ([bytes, start, end] as const);
    const found = this.starter.checkExpected(context, all, from, to);
    if (found === 'more') {
      if (!buffered) {
        direction.buffered = new GrowingBytes();
        direction.buffered.append(bytes, start, end);
      }
      return;
    }
    const other = state.direction(!toServer);
    const earlier = other.buffered;
    state.expectedProtocol = undefined;
    direction.buffered = undefined;
    other.buffered = undefined;
    if (typeof found !== 'boolean') {
      state.hasUnexpectedProtocol = true;
      this.deliverUnread(context, this.switchProtocol(context, state.session!, found));
    }
    // The held data precedes the data that decides.
    if (earlier) this.deliver(inDirection(context, !toServer), earlier.view(), 0, earlier.length);
    this.deliver(context, all, from, to);
  }

  /** @returns bytes that the previous parser did not read */
  private switchProtocol(context: PacketContext, before: Session, next: Protocol | undefined): UnreadBytes {
    const { flow, state } = context;
    if (++state.protocolChanges > MAX_CHANGES) {
      before.failed = true;
      return NO_BYTES;
    }
    for (const transaction of [...before.transactions]) before.complete(transaction);
    for (const toServer of [true, false]) before.frames?.ended(toServer);
    const unread = { toServer: state.unread(true), toClient: state.unread(false) };
    state.formerSessions = [...state.formerSessions, before];
    state.isReported = false;
    state.previousProtocol = before.protocol.name;
    state.session = undefined;
    for (const toServer of [true, false]) {
      const direction = state.direction(toServer);
      direction.protocol = next;
      direction.coroutine = undefined;
      direction.buffered = undefined;
      direction.hasData = false;
      direction.isAnnotated = false;
    }
    if (!next) {
      state.retainedProtocol = before.protocol;
    } else {
      // A protocol that was only expected was never the flow's protocol.
      this.flowProtocols.leave(flow, state.hasUnexpectedProtocol ? undefined : before.protocol);
      this.flowProtocols.setDirection(flow, true, next);
      this.flowProtocols.setDirection(flow, false, next);
      this.starter.start(context, next, before.requests.nextParserState);
    }
    return unread;
  }

  private deliverUnread(context: PacketContext, { toServer, toClient }: UnreadBytes): void {
    if (toServer.length > 0) this.deliver(inDirection(context, true), toServer, 0, toServer.length);
    if (toClient.length > 0) this.deliver(inDirection(context, false), toClient, 0, toClient.length);
  }
}

/** The requested protocol did not appear: no second change. */
function refuseChange(session: Session): void {
  const last = session.transactions.at(-1);
  if (last && session.protocol.events.includes(REFUSED)) session.event(last, REFUSED);
}
