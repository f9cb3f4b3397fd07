/**
 * A flow with a routine that waits for its data. A routine waits for one thing at a time, so this object is also the
 * iterator of every read: waiting allocates nothing.
 */
import { FlowView } from './flow-view.js';
import type { PacketView } from './packet-view.js';
import { EITHER_SIDE, NEXT_ITEM, NO_REQUEST, PEEK, READ, RECV, SKIP, UNTIL } from './read-requests.js';
import type { Routine } from './routine.js';
import type { Chunk, DetectionSocket, Reading, Stop } from './socket.js';
import type { DetectionContext } from './view-context.js';

const WAITING: IteratorResult<undefined, never> = { done: false, value: undefined };

export abstract class RoutineContext extends FlowView {
  /** The routine; undefined before it began. Maintained by the engine, like the next two. */
  routine: Routine | undefined = undefined;
  /** The next one of the same flow. */
  nextOfFlow: RoutineContext | undefined = undefined;
  /** The detection of the routine. */
  get owner(): DetectionContext {
    return this.context;
  }

  /** Number of actions so far. */
  actionCount = 0;
  private kind = NO_REQUEST;
  private socket: DetectionSocket | undefined = undefined;
  private count = 0;
  private delimiter: number | string = 0;
  /** How far `readUntil` has searched, so that no byte is searched twice. */
  private searched = 0;

  constructor(
    protected override readonly context: DetectionContext,
    number: number,
  ) {
    super(context, number);
  }

  get flow(): FlowView {
    return this;
  }

  /** The packet that carried the data read last. */
  get packet(): PacketView {
    return this.context.packet;
  }

  /** A side that is ready to be read, 'end' if there will be none, undefined if not yet. */
  protected abstract readySide(): DetectionSocket | 'end' | undefined;
  protected abstract nextItem(): unknown;

  request<T>(
    kind: number,
    socket: DetectionSocket | undefined,
    count = 0,
    delimiter: number | string = 0,
  ): Reading<T> {
    this.kind = kind;
    this.socket = socket;
    this.count = count;
    this.delimiter = delimiter;
    this.searched = 0;
    return this as unknown as Reading<T>;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Called by `yield*` when it begins, and each time the routine is resumed. */
  next(): IteratorResult<undefined, unknown> {
    const value = this.readResult();
    if (value === WAITING) return WAITING;
    this.kind = NO_REQUEST;
    return { done: true, value };
  }

  /** The request can be answered, so the routine should be resumed. */
  get canResume(): boolean {
    const { socket } = this;
    const limit = this.context.maxHeld;
    switch (this.kind) {
      case RECV:
        return socket!.isReady && socket!.hasEnough(limit);
      case READ:
      case PEEK:
        return socket!.isReady && (socket!.available >= this.count || socket!.endsHere);
      default:
        return true;
    }
  }

  private readResult(): unknown {
    const { socket } = this;
    const limit = this.context.maxHeld;
    switch (this.kind) {
      case RECV:
        return socket!.takeSome(this.count, limit) ?? WAITING;
      case READ:
        return socket!.takeExactly(this.count, limit, true) ?? WAITING;
      case PEEK:
        return socket!.takeExactly(this.count, limit, false) ?? WAITING;
      case UNTIL:
        return this.takeUntil(socket!, Math.min(this.count, limit)) ?? WAITING;
      case SKIP:
        return this.skip(socket!);
      case EITHER_SIDE:
        return this.readySide() ?? WAITING;
      case NEXT_ITEM:
        return this.nextItem() ?? WAITING;
      default:
        return WAITING;
    }
  }

  private skip(socket: DetectionSocket): Stop | undefined | typeof WAITING {
    const passed = socket.skipAvailable(this.count);
    if (typeof passed === 'string') return passed;
    this.count -= passed;
    return this.count === 0 ? undefined : WAITING;
  }

  private takeUntil(socket: DetectionSocket, limit: number): Chunk | undefined {
    const { delimiter } = this;
    const length = typeof delimiter === 'string' ? delimiter.length : 1;
    const end = this.endOfDelimiter(socket, limit, length);
    if (end > 0) return socket.take(end);
    if (socket.available >= limit) return 'limit';
    this.searched = Math.max(0, socket.available - length + 1);
    return socket.stopReason();
  }

  private endOfDelimiter(socket: DetectionSocket, limit: number, length: number): number {
    const { delimiter } = this;
    const first = typeof delimiter === 'string' ? delimiter.charCodeAt(0) : delimiter;
    let at = socket.indexOf(first, this.searched, limit);
    while (at >= 0 && typeof delimiter === 'string' && !startsWith(socket, at, delimiter))
      at = socket.indexOf(first, at + 1, limit);
    return at >= 0 && at + length <= Math.min(limit, socket.available) ? at + length : 0;
  }
}

function startsWith(socket: DetectionSocket, at: number, text: string): boolean {
  for (let i = 1; i < text.length; i++)
    if (at + i >= socket.available || socket.byteAt(at + i) !== text.charCodeAt(i)) return false;
  return true;
}
