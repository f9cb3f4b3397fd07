/**
 * Streams whose readers are in other threads than their reassembly (profile `pipeline`): how far the readers have read,
 * and how much of a flow they request. One record per flow in shared memory; the thread that reads a flow writes it.
 */
const INTS = 4;
/** 0: nothing was requested; NO_LIMIT, or bytes as uint32. */
const REQUESTED_DEPTH = 0;
/** Position after the data read in each direction, modulo 2^32. */
const READ_TO_CLIENT = 1;
const READ_TO_SERVER = 2;

const NO_LIMIT = -1;

export class RemoteStreams {
  private readonly rows: Int32Array;

  /** @param buffer created by `RemoteStreams.allocate` */
  constructor(buffer: SharedArrayBuffer) {
    this.rows = new Int32Array(buffer);
  }

  /** @param flows rows of the flow table */
  static allocate(flows: number): SharedArrayBuffer {
    return new SharedArrayBuffer(flows * INTS * 4);
  }

  // ── readers ──

  /** Requests this many bytes of each direction; 0: no limit. See `StreamControl.setDepth`. */
  setDepth(flow: number, bytes: number): void {
    Atomics.store(
      this.rows,
      flow * INTS + REQUESTED_DEPTH,
      bytes === 0 ? NO_LIMIT : Math.min(bytes, 2 ** 32 - 2) | 0,
    );
  }

  /** Everything in a direction before `position` was read, and the resulting requests were recorded. */
  setRead(flow: number, toServer: boolean, position: number): void {
    Atomics.store(this.rows, readColumn(flow, toServer), position | 0);
  }

  /** The flow is over; its row will be reused. */
  reset(flow: number): void {
    for (let i = 0; i < INTS; i++) Atomics.store(this.rows, flow * INTS + i, 0);
  }

  // ── reassembly ──

  isRead(flow: number, toServer: boolean, position: number): boolean {
    return ((Atomics.load(this.rows, readColumn(flow, toServer)) - position) | 0) >= 0;
  }

  /** Requested bytes, 0: no limit; undefined if none. */
  requestedDepth(flow: number): number | undefined {
    const requested = Atomics.load(this.rows, flow * INTS + REQUESTED_DEPTH);
    if (requested === 0) return undefined;
    return requested === NO_LIMIT ? 0 : requested >>> 0;
  }
}

const readColumn = (flow: number, toServer: boolean): number =>
  flow * INTS + (toServer ? READ_TO_SERVER : READ_TO_CLIENT);
