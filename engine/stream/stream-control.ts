/**
 * Interface of stream reassembly for modules of the same thread: `thread.services.get(STREAM_CONTROL)`. Without it (the
 * stream module runs in another thread) requests of parsers go through `Thread.remoteStreams`.
 */

/** Name of the service. */
export const STREAM_CONTROL = 'stream-control';

/** Two versions of the same part of a stream: a few bytes from the first that differs. */
export interface OverlapVersions {
  /** Offset in its direction of the first byte. */
  readonly position: number;
  /** The earlier bytes, and those of the packet. */
  readonly existing: Uint8Array;
  readonly received: Uint8Array;
}

export interface StreamControl {
  /**
   * Changes how many bytes of each direction of a flow are reassembled; 0: no limit. No effect once the depth is
   * reached.
   */
  setDepth(flow: number, bytes: number): void;

  /** Reassembles no more data of a direction: nothing more is delivered, held data is freed. */
  stop(flow: number, toServer: boolean): void;

  /**
   * Both versions of the data that the packet in `slot`, of the current batch, carried with bytes differing from
   * earlier ones.
   */
  overlapOf(slot: number): OverlapVersions | undefined;
}
