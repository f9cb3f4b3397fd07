/** What `*detect` gets: the two sides of a connection, its flow, and the current packet. */

import { EITHER_SIDE } from './read-requests.js';
import { RoutineContext } from './routine-context.js';
import { DetectionSocket, type Reading } from './socket.js';
import type { DetectionContext } from './view-context.js';

/** The two sides of a flow, read like sockets. */
export class Connection extends RoutineContext {
  /** What the client sends, and what the server sends. */
  readonly client: DetectionSocket;
  readonly server: DetectionSocket;
  private clientFirst = true;

  constructor(context: DetectionContext, flow: number) {
    super(context, flow);
    this.client = new DetectionSocket(this);
    this.server = new DetectionSocket(this);
  }

  /** Waits until one of the sides can be read: returns that side, or 'end' if neither will be again. */
  get either(): () => Reading<DetectionSocket | 'end'> {
    return () => this.request(EITHER_SIDE, undefined);
  }

  // ── for the engine ──

  /** The side that sends in a direction. */
  side(toServer: boolean): DetectionSocket {
    return toServer ? this.client : this.server;
  }

  /** Records which side has had unread data for longer; called before a side is fed. */
  recordOrder(toServer: boolean): void {
    if (!this.side(!toServer).isReady) this.clientFirst = toServer;
  }

  protected readySide(): DetectionSocket | 'end' | undefined {
    const { client, server } = this;
    const [first, second] = this.clientFirst ? [client, server] : [server, client];
    const side = first.isReady ? first : second.isReady ? second : undefined;
    side?.markEndReported();
    return side ?? (client.hasEnded && server.hasEnded ? 'end' : undefined);
  }

  protected nextItem(): undefined {
    return undefined;
  }
}
