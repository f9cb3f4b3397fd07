/**
 * What stream reassembly offers to modules of the same thread: `thread.services.get(STREAM_CONTROL)`. Without it (the
 * stream module runs in another thread) what parsers ask for goes by `Thread.distantStreams`.
 */

/** Name of the service. */
export const STREAM_CONTROL = 'stream-control';

/** Two versions of the same part of a stream: a few bytes from the first that differs. */
export interface OverlapVersions {
  /** Offset in its direction of the first byte. */
  readonly position: number;
  /** What was there before, and what the packet brought. */
  readonly before: Uint8Array;
  readonly brought: Uint8Array;
}

export interface StreamControl {
  /** Changes how many bytes of each direction of a flow are reassembled; 0: no limit. A depth reached stays so. */
  setDepth(flow: number, bytes: number): void;

  /** Reassembles no more data of a direction: nothing more is handed on, what is held is freed. */
  stop(flow: number, toServer: boolean): void;

  /** Both versions of the data that the packet in `slot`, of the batch in hand, brought with other bytes than before. */
  overlapOf(slot: number): OverlapVersions | undefined;
}
