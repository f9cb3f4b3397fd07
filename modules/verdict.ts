/**
 * Verdict: the final decision for each received packet, after all inspection.
 *
 * An outer packet waits for the packets inside it: it is dropped when one of them is. Held fragments wait
 * for the last one of their datagram, and are dropped with it. Where packets are received from a queue or device that
 * needs verdicts, the verdict is delivered through the service `verdict-delivery`.
 */
import type { Batch } from '../engine/batch.js';
import { addEvent, EVENT_DROP } from '../engine/event.js';
import { engineMode } from '../engine/exception-policy.js';
import { FIREWALL } from '../engine/firewall.js';
import * as Flow from '../engine/flow/flow-record.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import * as Reason from '../engine/verdict.js';
import { VERDICT_DELIVERY, type VerdictDelivery } from '../engine/verdict-delivery.js';
import { VerdictCounters } from './verdict/counters.js';
import { countArrival, recordInnerChange, recordInnerDrop } from './verdict/inner-packets.js';

export default defineModule({
  summary: 'sets the verdict of each packet, counts verdicts, reports drops',
  judges: true,
  kind: 'stage',
  after: ['decode'],
  create: thread => new Verdict(thread),
});

class Verdict implements ThreadModule {
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly counters: VerdictCounters;
  private readonly logsDrops: boolean;
  private readonly lostEvents: number;
  private readonly firewall: boolean;
  private readonly inline: boolean;
  private readonly delivery: VerdictDelivery | undefined;

  constructor(private readonly thread: Thread) {
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.firewall = thread.config.read(FIREWALL);
    this.inline = thread.config.read(engineMode) === 'ips';
    this.counters = new VerdictCounters(thread.counters, this.firewall);
    this.logsDrops = thread.wants(EVENT_DROP);
    this.lostEvents = thread.counters.declare('verdict.drop_events_lost');
    this.delivery = thread.services.get(VERDICT_DELIVERY) as VerdictDelivery | undefined;
  }

  process(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const p = slot * Packet.INTS;
      batch.keep(slot);
      const pseudo = this.row[p + Packet.PSEUDO]!;
      if (pseudo > Packet.PSEUDO_REASSEMBLED) continue;
      this.addFlowDrop(p);
      this.processArrival(batch, slot);
    }
    batch.replace();
    this.delivery?.flush?.();
  }

  /** Retries verdicts that the device did not accept, also when no packet arrives. */
  flush(): void {
    this.delivery?.flush?.();
  }

  /** A packet of a dropped flow is dropped, whether it was inspected or not. */
  private addFlowDrop(p: number): void {
    const { row } = this;
    if ((row[p + Packet.FLOW_STATE]! & Packet.FLOW_DROPPED) === 0 || Reason.isDrop(row[p + Packet.VERDICT]!))
      return;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    row[p + Packet.REASON] = Reason.REASON_EXCEPTION_FLOW_DROP;
  }

  /**
   * A packet, or one derived from it, has arrived: the last of them settles it, then the packet it was derived from
   * and the fragments that waited for it, of which there can be thousands.
   */
  private processArrival(batch: Batch, slot: number): void {
    const { row } = this;
    for (let at = slot; at >= 0; at = row[at * Packet.INTS + Packet.ROOT]!) {
      const p = at * Packet.INTS;
      if (!countArrival(row, p)) return;
      if (this.inline && (row[p + Packet.FLAGS]! & Packet.FLAG_MODIFIED) !== 0) this.applyModification(p);
      if (Reason.isDrop(row[p + Packet.VERDICT]!)) this.drop(batch, at, p);
      if (row[p + Packet.PSEUDO] === Packet.PSEUDO_NONE) this.finish(at, p);
    }
  }

  /**
   * A packet inside a tunnel is sent with the outer one; of a datagram only fragments are sent, which have other bytes.
   */
  private applyModification(p: number): void {
    const { row } = this;
    const pseudo = row[p + Packet.PSEUDO];
    if (pseudo === Packet.PSEUDO_TUNNEL) recordInnerChange(row, row[p + Packet.ROOT]! * Packet.INTS);
    if (pseudo !== Packet.PSEUDO_REASSEMBLED || Reason.isDrop(row[p + Packet.VERDICT]!)) return;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    row[p + Packet.REASON] = Reason.REASON_DEFRAG_ERROR;
  }

  /** A dropped packet drops its root packet. In IDS mode there are only rejections, which drop nothing. */
  private drop(batch: Batch, slot: number, p: number): void {
    const { row } = this;
    const root = row[p + Packet.ROOT]!;
    this.reportDrop(batch, slot, p);
    if (root < 0 || !this.inline) return;
    // The ends of a tunnel get no ICMP error for a rejected inner packet: they would take the whole tunnel for
    // prohibited.
    if (row[p + Packet.PSEUDO] === Packet.PSEUDO_TUNNEL)
      recordInnerDrop(row, root * Packet.INTS, Packet.VERDICT_DROP, Reason.REASON_TUNNEL_PACKET_DROP);
    else recordInnerDrop(row, root * Packet.INTS, row[p + Packet.VERDICT]!, row[p + Packet.REASON]!);
  }

  /** Everything about a received packet is known. */
  private finish(slot: number, p: number): void {
    const { row } = this;
    const verdict = row[p + Packet.VERDICT]!;
    this.counters.count(
      verdict,
      row[p + Packet.REASON]!,
      (row[p + Packet.FLAGS]! & Packet.FLAG_MODIFIED) !== 0,
      this.firewall ? this.flowReason(p) : Reason.REASON_NONE,
    );
    this.delivery?.deliver(slot, verdict);
  }

  private flowReason(p: number): number {
    const flow = this.row[p + Packet.FLOW]!;
    return flow < 0 ? Reason.REASON_NONE : this.flows[flow * Flow.INTS + Flow.DROP_REASON]!;
  }

  /** Drops by rules were reported by detection, with their signature. */
  private reportDrop(batch: Batch, slot: number, p: number): void {
    const { row } = this;
    const flow = row[p + Packet.FLOW]!;
    if (flow >= 0) this.flows[flow * Flow.INTS + Flow.DROP_REASON] ||= row[p + Packet.REASON]!;
    if (!this.logsDrops || Reason.isLoggedByDetection(row[p + Packet.REASON]!)) return;
    if (addEvent(this.thread, batch, EVENT_DROP, slot, '') < 0)
      this.thread.counters.values[this.lostEvents]!++;
  }
}
