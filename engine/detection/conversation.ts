/** What `*detect` gets: the two sides of a connection, its flow, and the current packet. */
import { Asking } from './asking.js';
import { DetectionSocket, type Reading } from './socket.js';
import { EITHER_SIDE } from './waits.js';
import type { DetectionWatch } from './watch.js';

/** The two sides of a flow, read like sockets. */
export class Conversation extends Asking {
  /** What the client sends, and what the server sends. */
  readonly client: DetectionSocket;
  readonly server: DetectionSocket;
  private clientFirst = true;

  constructor(watch: DetectionWatch, flow: number) {
    super(watch, flow);
    this.client = new DetectionSocket(this);
    this.server = new DetectionSocket(this);
  }

  /** Waits until one of the sides can be read: returns that side, or 'end' if neither will be again. */
  get either(): () => Reading<DetectionSocket | 'end'> {
    return () => this.ask(EITHER_SIDE, undefined);
  }

  // ── for the engine ──

  /** The side that sends in a direction. */
  side(toServer: boolean): DetectionSocket {
    return toServer ? this.client : this.server;
  }

  /** Records which side has had unread data for longer; called before a side is fed. */
  noteOrder(toServer: boolean): void {
    if (!this.side(!toServer).isReady) this.clientFirst = toServer;
  }

  protected eitherSide(): DetectionSocket | 'end' | undefined {
    const { client, server } = this;
    const [first, second] = this.clientFirst ? [client, server] : [server, client];
    const side = first.isReady ? first : second.isReady ? second : undefined;
    side?.noteTold();
    return side ?? (client.hasEnded && server.hasEnded ? 'end' : undefined);
  }

  protected nextItem(): undefined {
    return undefined;
  }
}
