/**
 * Reassembly depth of a flow whose parsers run in another thread. They request more when they see a file or an SMB
 * session, and lag behind: before a depth cuts data off, this thread waits for their answer.
 */
import type { Batch } from '../../../engine/batch.js';
import type { Thread } from '../../../engine/module.js';
import * as Packet from '../../../engine/packet.js';
import type { RemoteStreams } from '../../../engine/stream/remote-streams.js';

/** Name of the application layer's service when it runs in this thread. */
const APPLICATION_LAYER = 'application-layer';
/** A reader that has not read anything for this long is not waited for again. */
const WAIT_TIMEOUT_MS = 2000;

export class RemoteDepth {
  private timedOut = false;

  private constructor(
    private readonly thread: Thread,
    private readonly streams: RemoteStreams,
  ) {}

  /** @returns undefined when streams are not read in other threads */
  static of(thread: Thread): RemoteDepth | undefined {
    return thread.remoteStreams && new RemoteDepth(thread, thread.remoteStreams);
  }

  /**
   * Depth in bytes requested by the flow's readers, once they have read all data of the previous batches.
   * @param batch the current batch, as far as it is filled  @param toServer, toClient how far data of the flow was
   * delivered
   * @returns undefined when they request nothing
   */
  requestedDepth(batch: Batch, flow: number, toServer: number, toClient: number): number | undefined {
    const { streams, thread } = this;
    if (this.timedOut || thread.services.has(APPLICATION_LAYER)) return undefined;
    const before = [
      this.firstNewPosition(batch, flow, true, toServer),
      this.firstNewPosition(batch, flow, false, toClient),
    ] as const;
    const isRead = () => streams.isRead(flow, true, before[0]) && streams.isRead(flow, false, before[1]);
    if (!isRead() && !thread.waitUntil?.(isRead, WAIT_TIMEOUT_MS)) this.stopWaiting();
    return streams.requestedDepth(flow);
  }

  /** Where the first data of this batch begins, or the gap before it: no reader has seen it yet. */
  private firstNewPosition(batch: Batch, flow: number, toServer: boolean, end: number): number {
    const { row } = this.thread.memory;
    for (let i = 0; i < batch.keptLength; i++) {
      const p = batch.keptAt(i) * Packet.INTS;
      if (row[p + Packet.FLOW] !== flow || row[p + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END) continue;
      if (!Packet.carriesStream(row, p)) continue;
      if (((row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_TO_SERVER) !== 0) === toServer)
        return (row[p + Packet.STREAM_OFFSET]! - row[p + Packet.STREAM_GAP]!) | 0;
    }
    return end;
  }

  private stopWaiting(): void {
    this.timedOut = true;
    this.thread.warnOnce(
      'reassembled streams have no consumer: stream.reassembly.depth applies to all streams',
    );
  }
}
