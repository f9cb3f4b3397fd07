/**
 * Application-layer state of a flow: holds data received before the protocol was recognised, then runs the parser's two
 * coroutines.
 */
import type { Frames } from '../frames/frames.js';
import type { Protocol } from '../protocol.js';
import type { GrowingBytes } from './growing-bytes.js';
import { Session, type SessionEndpoints, type SessionLimits } from './session.js';
import type { StreamSocket } from './stream-socket.js';

/** State of one direction. */
export interface DirectionState {
  /** Undefined: not recognised yet. `none`: no known protocol. */
  protocol: Protocol | 'none' | undefined;
  /** First bytes: until this direction is recognised, and until a session takes them. */
  buffered: GrowingBytes | undefined;
  coroutine: Generator<void, void, void> | undefined;
  /** Bytes missing before a session existed that could be notified. */
  missingBytes: number;
  /** Datagrams passed to the parser. */
  datagrams: number;
  /** Data arrived since recognition began, or restarted after a protocol change. */
  hasData: boolean;
  /** A packet of this direction arrived since its protocol is known. */
  isAnnotated: boolean;
  /** Its stream is inspected with the next packet of this direction. */
  inspectStream: boolean;
}

const newDirection = (): DirectionState => ({
  protocol: undefined,
  buffered: undefined,
  coroutine: undefined,
  missingBytes: 0,
  datagrams: 0,
  hasData: false,
  isAnnotated: false,
  inspectStream: false,
});

const NO_SESSIONS: readonly Session[] = [];

export class ApplicationState {
  session: Session | undefined;
  /** The previous protocol of the flow; it is still reported as its protocol until another is recognised. */
  retainedProtocol: Protocol | undefined;
  /** Sessions before a protocol change, until everything in them was reported. */
  formerSessions: readonly Session[] = NO_SESSIONS;
  readonly toServer: DirectionState = newDirection();
  readonly toClient: DirectionState = newDirection();
  /** Client and server were swapped: the first packet seen came from the server. */
  reversed = false;
  /** Swapped too, but the flow's row is updated only at the end of the flow: its owner is another thread. */
  swapDeferred = false;
  /** Nothing more is parsed: unknown protocol, failure, or a gap after which the parser could not resume. */
  ignored = false;
  /** Payload of further packets is not inspected. */
  encrypted = false;
  /** Further packets of the flow are not inspected at all. */
  bypassed = false;
  /** After a parser failure, a policy dropped, passed or bypassed the flow. */
  policyApplied = false;
  /** Nothing new to report: no parser ran since, and nothing is pending for a packet of the other direction. */
  isReported = true;
  /** Part of a batch with which it was last reported. */
  reportedInPart = 0;
  /** The protocol requested in cleartext, until data of it arrives. */
  expectedProtocol: Protocol | undefined;
  /** Another protocol appeared instead: no further changes. */
  hasUnexpectedProtocol = false;
  /** Name of the protocol before the change. */
  previousProtocol: string | undefined;
  /** Number of protocol changes. */
  protocolChanges = 0;

  /** No data arrived yet. */
  get isFresh(): boolean {
    return !this.ignored && isUntouched(this.toServer) && isUntouched(this.toClient);
  }

  /** It may still change: a transaction that is not freed, an open frame; or something was not reported. */
  get isOpen(): boolean {
    const { session, formerSessions, isReported } = this;
    if (!isReported || formerSessions.length > 0 || !session) return true;
    return session.transactions.length > 0 || session.frames?.hasOpen === true;
  }

  direction(toServer: boolean): DirectionState {
    return toServer ? this.toServer : this.toClient;
  }

  socket(toServer: boolean): StreamSocket {
    return toServer !== this.reversed ? this.session!.client : this.session!.server;
  }

  /** Starts the parser. */
  startSession(
    protocol: Protocol,
    flow: number,
    settings: unknown,
    limits?: SessionLimits,
    endpoints?: SessionEndpoints,
    inherited?: unknown,
  ): Session {
    this.session = new Session(protocol, flow, settings, limits, endpoints, inherited);
    return this.session;
  }

  /** Lets the parser read the two streams; datagrams have none. */
  startCoroutines(session: Session): void {
    const { protocol } = session;
    const [client, server] = this.reversed ? [this.toClient, this.toServer] : [this.toServer, this.toClient];
    client.coroutine = protocol.client?.(session);
    server.coroutine = protocol.server?.(session);
  }

  /**
   * Passes bytes to the parser of one direction.
   * @returns false if they brought nothing new
   * @throws whatever the parser throws
   */
  deliver(toServer: boolean, bytes: Uint8Array, start: number, end: number): boolean {
    const socket = this.socket(toServer);
    if (socket.closed) return false;
    let from = start;
    // Frames must see all data.
    if (socket.isPassing && !this.session!.frames) {
      from += socket.passToSink(bytes, start, end);
      if (!socket.hasPassedAll) return socket.hasSink;
    }
    socket.feed(bytes, from, end);
    this.runParser(toServer);
    return true;
  }

  /** Bytes are missing. @returns false if the parser cannot resume after them */
  gap(toServer: boolean, missing: number): boolean {
    const socket = this.socket(toServer);
    if (socket.closed) return true;
    socket.gap(missing);
    this.runParser(toServer);
    if (socket.state !== 'gap') return true;
    socket.closed = true;
    return false;
  }

  /** Bytes passed to the parser of one direction so far. */
  received(toServer: boolean): number {
    const socket = this.socket(toServer);
    return socket.position + socket.available;
  }

  /** @param cut see `StreamSocket.truncated` */
  end(toServer: boolean, reset: boolean, cut: boolean): void {
    if (this.readsStreams) this.endStream(toServer, reset, cut);
    this.session!.frames?.ended(toServer !== this.reversed);
  }

  /** The parser reads streams: only then are sockets created. */
  private get readsStreams(): boolean {
    return this.toServer.coroutine !== undefined || this.toClient.coroutine !== undefined;
  }

  private endStream(toServer: boolean, reset: boolean, cut: boolean): void {
    const socket = this.socket(toServer);
    if (socket.closed || socket.state === 'end' || socket.state === 'reset') return;
    socket.end(reset, cut);
    this.runParser(toServer);
  }

  /** Bytes that the parser of one direction did not read: a copy. */
  unread(toServer: boolean): Uint8Array {
    const socket = this.socket(toServer);
    return socket.view.slice(socket.offset, socket.offset + socket.available);
  }

  /** Resumes the parser of one direction without new data: what it waited for was found in the other. */
  resume(toServer: boolean): void {
    if (!this.socket(toServer).closed) this.runParser(toServer);
  }

  private runParser(toServer: boolean): void {
    const { coroutine } = this.direction(toServer);
    const socket = this.socket(toServer);
    const { frames } = this.session!;
    const done =
      frames && coroutine ? this.runWithFrames(frames, coroutine, toServer) : coroutine?.next().done;
    if (done !== false) socket.closed = true;
    else socket.keep();
  }

  /** Frames get the available data before the parser consumes it. */
  private runWithFrames(
    frames: Frames,
    routine: Generator<void, void, void>,
    toServer: boolean,
  ): boolean | undefined {
    const socket = this.socket(toServer);
    const { position, view, offset, available } = socket;
    const { done } = routine.next();
    frames.consumed(toServer !== this.reversed, position, view, offset, available, socket.position);
    return done;
  }
}

function isUntouched({ protocol, buffered }: DirectionState): boolean {
  return protocol === undefined && buffered === undefined;
}
