/** Releases the packets of flows that belong to other threads (see `engine/flow/flow-share.ts`). */
import type { Batch } from '../../engine/batch.js';
import { FLOW_SHARE, type FlowShare } from '../../engine/flow/flow-share.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';

/** @returns undefined in a thread that owns all its packets */
export function ownPackets(thread: Thread): OwnPackets | undefined {
  const share = thread.services.get(FLOW_SHARE) as FlowShare | undefined;
  return share && new OwnPackets(thread, share);
}

export class OwnPackets {
  private readonly row: Int32Array;

  constructor(
    private readonly thread: Thread,
    private readonly share: FlowShare,
  ) {
    this.row = thread.memory.row;
  }

  /** Packets without a flow belong to the first thread: their hash is 0. */
  keepOwn(batch: Batch): void {
    const { row, share } = this;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      if (share.has(row[slot * Packet.INTS + Packet.FLOW_HASH]!)) batch.keep(slot);
      else this.release(slot);
    }
    batch.replace();
  }

  /** Its outer packet, if kept, does not wait for it: this thread decides no verdict on it. */
  private release(slot: number): void {
    const { row } = this;
    const root = row[slot * Packet.INTS + Packet.ROOT]!;
    if (root >= 0) row[root * Packet.INTS + Packet.PENDING_VERDICTS]!--;
    this.thread.releasePacket!(slot);
  }
}
