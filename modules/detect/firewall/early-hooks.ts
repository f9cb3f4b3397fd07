/**
 * The hooks `pre_flow` and `pre_stream`: packets are evaluated before the modules `flow` and `stream`, which run in
 * the same thread. Drops made here are reported at once: detection does not see these packets again.
 */

import type { Batch } from '../../../engine/batch.js';
import type { FirewallHooks } from '../../../engine/firewall.js';
import * as Packet from '../../../engine/packet.js';
import { isDrop } from '../../../engine/verdict.js';
import type { FirewallTable } from '../../../signatures/firewall/tables.js';
import type { DetectionParts } from '../detection-parts.js';
import { type Decisions, DROPPED, PACKET_ACCEPTED } from './decision.js';
import type { PacketTable } from './packet-table.js';

/** Evaluates the packet of a slot on its own. */
export interface EarlyPacketHandler {
  /** Makes it the current packet. */
  load(slot: number): void;
  /** Reports what the table decided. */
  report(batch: Batch, slot: number): void;
}

export class EarlyHooks implements FirewallHooks {
  private readonly row: Int32Array;

  constructor(
    private readonly parts: DetectionParts,
    private readonly decisions: Decisions,
    private readonly preFlow: PacketTable | undefined,
    private readonly preStream: PacketTable | undefined,
    private readonly handler: EarlyPacketHandler,
  ) {
    this.row = parts.thread.memory.row;
  }

  beforeFlow(batch: Batch): void {
    if (this.preFlow) this.run(batch, this.preFlow);
  }

  beforeStream(batch: Batch): void {
    if (this.preStream) this.run(batch, this.preStream);
  }

  private run(batch: Batch, table: PacketTable): void {
    this.parts.states.releaseEnded();
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      batch.keep(slot);
      const p = slot * Packet.INTS;
      if (this.row[p + Packet.PSEUDO]! < Packet.PSEUDO_STREAM && !this.isDecided(p))
        this.packet(batch, slot, p, table);
    }
    batch.replace();
  }

  private isDecided(p: number): boolean {
    const { row } = this;
    const settled = Packet.FLAG_EXCLUDED | Packet.FLAG_ACCEPTED;
    return (row[p + Packet.FLAGS]! & settled) !== 0 || isDrop(row[p + Packet.VERDICT]!);
  }

  private packet(batch: Batch, slot: number, p: number, table: PacketTable): void {
    const { decisions, parts, row } = this;
    this.handler.load(slot);
    parts.queue.clear();
    decisions.begin(slot);
    const next = table.evaluate();
    if (next === DROPPED) row[p + Packet.FLAGS]! |= Packet.FLAG_EXCLUDED | Packet.FLAG_NO_INSPECTION;
    else if (next === PACKET_ACCEPTED) row[p + Packet.FLAGS]! |= Packet.FLAG_ACCEPTED;
    if (decisions.dropped || parts.queue.length > 0) this.handler.report(batch, slot);
  }
}

/** Whether a table has an effect: one that accepts everything is skipped. */
export function hasEffect({ rules, policy }: FirewallTable): boolean {
  return rules.length > 0 || policy.action !== 'accept' || policy.scope !== 'hook' || policy.alert;
}
