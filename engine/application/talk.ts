/**
 * One flow on its way to a protocol and through it: holds what came before the protocol was recognised, then runs
 * the parser's two coroutines.
 */
import type { Frames } from '../frames/frames.js';
import type { Protocol } from '../protocol.js';
import type { GrowingBytes } from './growing-bytes.js';
import { Session, type SessionLimits, type Sides } from './session.js';
import type { StreamSocket } from './stream-socket.js';

/** What is known of one direction. */
export interface Side {
  /** Undefined: not recognised yet. `none`: nothing that we know. */
  protocol: Protocol | 'none' | undefined;
  /** First bytes: until this direction is recognised, and until there is a session that takes them. */
  held: GrowingBytes | undefined;
  routine: Generator<void, void, void> | undefined;
  /** Bytes that were missing before there was a session to be told of it. */
  missed: number;
  /** Datagrams that the parser was given. */
  datagrams: number;
  /** Data came since recognition began, or began again with a change of protocol. */
  heard: boolean;
  /** A packet of this direction came since it is told what its protocol is. */
  noted: boolean;
  /** Its stream is inspected with the next packet of this direction. */
  inspect: boolean;
}

const nothingYet = (): Side => ({
  protocol: undefined,
  held: undefined,
  routine: undefined,
  missed: 0,
  datagrams: 0,
  heard: false,
  noted: false,
  inspect: false,
});

const NOBODY: readonly Session[] = [];

export class Talk {
  session: Session | undefined;
  /** The protocol that the flow had is over; it is told to be its protocol until something else comes. */
  left: Protocol | undefined;
  /** Sessions before the protocol changed, as long as something of them was not told yet. */
  former: readonly Session[] = NOBODY;
  readonly toServer: Side = nothingYet();
  readonly toClient: Side = nothingYet();
  /** Client and server changed places: the first packet seen came from the server. */
  reversed = false;
  /** So they did too, but the flow's row says so only when the flow is over: its owner is another thread. */
  exchanged = false;
  /** Nothing more is parsed: unknown protocol, failure, or a gap that the parser could not cross. */
  ignored = false;
  /** Payload of further packets is not inspected. */
  encrypted = false;
  /** Further packets of the flow are not looked at at all. */
  bypassed = false;
  /** After its parser failed a policy dropped, passed or bypassed the flow. */
  settled = false;
  /** Nothing new is to be told of it: no parser ran since, and nothing waits for a packet of the other direction. */
  told = true;
  /** Part of a batch with which something was told of it last. */
  toldIn = 0;
  /** The protocol that was asked for in the clear, as long as nothing came of it. */
  expected: Protocol | undefined;
  /** Another came instead: nothing more is changed. */
  surprised = false;
  /** Name of the protocol before it changed. */
  precededBy: string | undefined;
  /** How often the protocol changed. */
  changes = 0;

  /** Nothing came yet. */
  get isFresh(): boolean {
    return !this.ignored && isUntouched(this.toServer) && isUntouched(this.toClient);
  }

  /** Something of it may change yet: a transaction that is not freed, an open frame; or something was not told. */
  get isOpen(): boolean {
    const { session, former, told } = this;
    if (!told || former.length > 0 || !session) return true;
    return session.transactions.length > 0 || session.frames?.growing === true;
  }

  side(toServer: boolean): Side {
    return toServer ? this.toServer : this.toClient;
  }

  socket(toServer: boolean): StreamSocket {
    return toServer !== this.reversed ? this.session!.client : this.session!.server;
  }

  /** Starts the parser. */
  start(
    protocol: Protocol,
    flow: number,
    settings: unknown,
    limits?: SessionLimits,
    sides?: Sides,
    inherited?: unknown,
  ): Session {
    this.session = new Session(protocol, flow, settings, limits, sides, inherited);
    return this.session;
  }

  /** Lets the parser read the two streams; of datagrams there are none. */
  readStreams(session: Session): void {
    const { protocol } = session;
    const [client, server] = this.reversed ? [this.toClient, this.toServer] : [this.toServer, this.toClient];
    client.routine = protocol.client?.(session);
    server.routine = protocol.server?.(session);
  }

  /**
   * Bytes for the parser of one direction.
   * @returns false where it learned nothing of them
   * @throws whatever the parser throws
   */
  deliver(toServer: boolean, bytes: Uint8Array, start: number, end: number): boolean {
    const socket = this.socket(toServer);
    if (socket.closed) return false;
    let from = start;
    // Frames are told of all that comes.
    if (socket.isPassing && !this.session!.frames) {
      from += socket.passOn(bytes, start, end);
      if (!socket.hasPassed) return socket.hasSink;
    }
    socket.feed(bytes, from, end);
    this.wake(toServer);
    return true;
  }

  /** Bytes are missing. @returns false when the parser cannot go on behind them */
  gap(toServer: boolean, missing: number): boolean {
    const socket = this.socket(toServer);
    if (socket.closed) return true;
    socket.gap(missing);
    this.wake(toServer);
    if (socket.state !== 'gap') return true;
    socket.closed = true;
    return false;
  }

  /** Bytes the parser of one direction was given so far. */
  received(toServer: boolean): number {
    const socket = this.socket(toServer);
    return socket.position + socket.available;
  }

  /** @param cut see `StreamSocket.cut` */
  end(toServer: boolean, reset: boolean, cut: boolean): void {
    if (this.isRead) this.endStream(toServer, reset, cut);
    this.session!.frames?.ended(toServer !== this.reversed);
  }

  /** A parser reads its streams: sockets are made for those alone. */
  private get isRead(): boolean {
    return this.toServer.routine !== undefined || this.toClient.routine !== undefined;
  }

  private endStream(toServer: boolean, reset: boolean, cut: boolean): void {
    const socket = this.socket(toServer);
    if (socket.closed || socket.state === 'end' || socket.state === 'reset') return;
    socket.end(reset, cut);
    this.wake(toServer);
  }

  /** Bytes that the parser of one direction did not read: a copy. */
  unread(toServer: boolean): Uint8Array {
    const socket = this.socket(toServer);
    return socket.view.slice(socket.offset, socket.offset + socket.available);
  }

  /** The parser of one direction goes on though nothing came: what it waited for was said in the other. */
  goOn(toServer: boolean): void {
    if (!this.socket(toServer).closed) this.wake(toServer);
  }

  private wake(toServer: boolean): void {
    const { routine } = this.side(toServer);
    const socket = this.socket(toServer);
    const { frames } = this.session!;
    const done = frames && routine ? this.runWithFrames(frames, routine, toServer) : routine?.next().done;
    if (done !== false) socket.closed = true;
    else socket.keep();
  }

  /** Frames get what was there to read before the parser took it. */
  private runWithFrames(
    frames: Frames,
    routine: Generator<void, void, void>,
    toServer: boolean,
  ): boolean | undefined {
    const socket = this.socket(toServer);
    const { position, view, offset, available } = socket;
    const { done } = routine.next();
    frames.took(toServer !== this.reversed, position, view, offset, available, socket.position);
    return done;
  }
}

function isUntouched({ protocol, held }: Side): boolean {
  return protocol === undefined && held === undefined;
}
