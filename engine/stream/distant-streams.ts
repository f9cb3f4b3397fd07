/**
 * Streams whose readers are in other threads than their reassembly (profile `pipeline`): how far the readers have read,
 * and how much of a flow they request. One record per flow in shared memory; the thread that reads a flow writes it.
 */
const INTS = 4;
/** 0: nothing was requested; NO_LIMIT, or bytes as uint32. */
const ASKED = 0;
/** Position after the data read in each direction, modulo 2^32. */
const READ_TO_CLIENT = 1;
const READ_TO_SERVER = 2;

const NO_LIMIT = -1;

export class DistantStreams {
  private readonly rows: Int32Array;

  /** @param buffer created by `DistantStreams.allocate` */
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
    Atomics.store(this.rows, flow * INTS + ASKED, bytes === 0 ? NO_LIMIT : Math.min(bytes, 2 ** 32 - 2) | 0);
  }

  /** Everything in a direction before `position` was read, and the resulting requests were recorded. */
  haveRead(flow: number, toServer: boolean, position: number): void {
    Atomics.store(this.rows, read(flow, toServer), position | 0);
  }

  /** The flow is over; its row will be reused. */
  forget(flow: number): void {
    for (let i = 0; i < INTS; i++) Atomics.store(this.rows, flow * INTS + i, 0);
  }

  // ── reassembly ──

  isRead(flow: number, toServer: boolean, position: number): boolean {
    return ((Atomics.load(this.rows, read(flow, toServer)) - position) | 0) >= 0;
  }

  /** Requested bytes, 0: no limit; undefined if none. */
  askedDepth(flow: number): number | undefined {
    const asked = Atomics.load(this.rows, flow * INTS + ASKED);
    if (asked === 0) return undefined;
    return asked === NO_LIMIT ? 0 : asked >>> 0;
  }
}

const read = (flow: number, toServer: boolean): number =>
  flow * INTS + (toServer ? READ_TO_SERVER : READ_TO_CLIENT);
