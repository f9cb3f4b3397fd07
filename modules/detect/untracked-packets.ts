/**
 * Detection with rules of the hook `pre_flow` that exclude packets from flow tracking
 * (`config:tracking disable, type flow, scope packet`).
 */
import type { Batch } from '../../engine/batch.js';
import { offerFirewallHooks } from '../../engine/firewall.js';
import { FLOW_TABLE } from '../../engine/flow/flow-table.js';
import * as Packet from '../../engine/packet.js';
import { Detection } from './detection.js';
import type { DetectionParts } from './detection-parts.js';

export class UntrackingDetection extends Detection {
  /** @param signatures numbers of those rules */
  constructor(
    parts: DetectionParts,
    private readonly signatures: Uint32Array,
  ) {
    super(parts);
    const { thread } = parts;
    if (thread.services.has(FLOW_TABLE))
      offerFirewallHooks(thread, { beforeFlow: batch => this.untrack(batch), beforeStream: () => {} });
    else thread.warnOnce('config:tracking needs flow and detect in the same thread');
  }

  private untrack(batch: Batch): void {
    this.parts.states.releaseEnded();
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const p = slot * Packet.INTS;
      if (this.row[p + Packet.PSEUDO]! < Packet.PSEUDO_STREAM && this.isUntracked(slot, p))
        this.row[p + Packet.FLAGS]! |= Packet.FLAG_EXCLUDED;
    }
  }

  private isUntracked(slot: number, p: number): boolean {
    const { facts } = this.parts;
    facts.load(slot);
    this.load(slot, p, facts.flow);
    return this.signatures.some(signature => this.evaluation.holdsOnPacket(signature));
  }
}
