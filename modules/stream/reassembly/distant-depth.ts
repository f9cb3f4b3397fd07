/**
 * How deep a flow is to be reassembled when those who know that, the parsers, are in another thread. They ask for more
 * when they see a file or an SMB session, and are behind: before a depth cuts something off, the answer is waited for.
 */
import type { Batch } from '../../../engine/batch.js';
import type { Thread } from '../../../engine/module.js';
import * as Packet from '../../../engine/packet.js';
import type { DistantStreams } from '../../../engine/stream/distant-streams.js';

/** Name under which the application layer is there when it is in this thread. */
const APPLICATION_LAYER = 'application-layer';
/** A reader that has read nothing for so long is not waited for again. */
const PATIENCE_MS = 2000;

export class DistantDepth {
  private impatient = false;

  private constructor(
    private readonly thread: Thread,
    private readonly streams: DistantStreams,
  ) {}

  /** @returns undefined where streams are not read in other threads */
  static of(thread: Thread): DistantDepth | undefined {
    return thread.distantStreams && new DistantDepth(thread, thread.distantStreams);
  }

  /**
   * Bytes that the flow's readers ask for, when they have read all that the batches before this one brought.
   * @param batch in hand, as far as it was kept  @param toServer, toClient how far data of the flow was handed on
   * @returns undefined when they ask for nothing
   */
  asked(batch: Batch, flow: number, toServer: number, toClient: number): number | undefined {
    const { streams, thread } = this;
    if (this.impatient || thread.services.has(APPLICATION_LAYER)) return undefined;
    const before = [
      this.before(batch, flow, true, toServer),
      this.before(batch, flow, false, toClient),
    ] as const;
    const isRead = () => streams.isRead(flow, true, before[0]) && streams.isRead(flow, false, before[1]);
    if (!isRead() && !thread.waitUntil?.(isRead, PATIENCE_MS)) this.giveUp();
    return streams.askedDepth(flow);
  }

  /** Where the first data of this batch begins, or the hole in front of it: nobody has seen it yet. */
  private before(batch: Batch, flow: number, toServer: boolean, end: number): number {
    const { row } = this.thread.memory;
    for (let i = 0; i < batch.keptLength; i++) {
      const p = batch.keptAt(i) * Packet.INTS;
      if (row[p + Packet.FLOW] !== flow || row[p + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END) continue;
      if (!Packet.bringsStream(row, p)) continue;
      if (((row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_TO_SERVER) !== 0) === toServer)
        return (row[p + Packet.STREAM_OFFSET]! - row[p + Packet.STREAM_GAP]!) | 0;
    }
    return end;
  }

  private giveUp(): void {
    this.impatient = true;
    this.thread.warnOnce(
      'reassembled streams have no consumer: stream.reassembly.depth applies to all streams',
    );
  }
}
