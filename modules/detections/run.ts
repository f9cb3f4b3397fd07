/** Passes batches of packets to the detections of a thread. */

import type { ApplicationLayer } from '../../engine/application-layer.js';
import type { Batch } from '../../engine/batch.js';
import { FlowView } from '../../engine/detection/flow-view.js';
import { type Guard, openGuard } from '../../engine/detection/guard.js';
import { PacketView } from '../../engine/detection/packet-view.js';
import type { Detections } from '../../engine/detection/prepared.js';
import type { ViewContext } from '../../engine/detection/view-context.js';
import { APP_PROTOCOL_NAMES } from '../../engine/event.js';
import { isFlowDecided } from '../../engine/flow/flow-decision.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { ActionExecutor } from './action-executor.js';
import { DetectionRunner } from './detection-runner.js';
import { flowBits } from './flow-bits.js';
import { type FlowGroup, FlowGroups } from './flow-groups.js';
import { type LoadedDetection, loadDetection } from './loaded-detection.js';
import { HELD_MEMORY, PREFILTER_WINDOW, TURN_TIME } from './options.js';
import { PacketData } from './packet-data.js';
import { Routines } from './routines.js';
import { Transactions } from './transactions.js';
import { WorkUnits } from './work-units.js';

const TCP = 6;

/** Steps of processing a packet, in this order. */
const FLOW_START = 0;
const PACKET = 1;
const STREAM = 2;
const TRANSACTION = 3;
const FLOW_END = 4;

export class DetectionRun {
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly packet: PacketView;
  private readonly watch: ViewContext;
  private readonly groups: FlowGroups;
  private readonly executor: ActionExecutor;
  private readonly runner: DetectionRunner;
  private readonly routines: Routines;
  private readonly transactions: Transactions | undefined;
  private readonly guard: Guard;
  private readonly data: PacketData;
  private readonly units = new WorkUnits();
  private batch!: Batch;
  private next = 0;
  private wire = -1;
  private step = 0;

  constructor(private readonly thread: Thread) {
    const { memory, flows, shared } = thread;
    this.row = memory.row;
    this.data = new PacketData(memory.row);
    this.flows = flows.row;
    this.packet = new PacketView(memory);
    const names = (shared[APP_PROTOCOL_NAMES] as readonly string[] | undefined) ?? [];
    this.watch = {
      ...{ memory, flows, packet: this.packet, bits: flowBits(thread) },
      applicationName: number => (number > 0 ? names[number] : undefined),
    };
    this.groups = new FlowGroups(flows);
    this.executor = new ActionExecutor(thread);
    this.runner = new DetectionRunner(thread, this.executor);
    this.routines = new Routines(thread, this.runner);
    this.guard = openGuard(thread.config.read(TURN_TIME));
    const layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
    if (layer) this.transactions = new Transactions(layer, memory.row.length / Packet.INTS);
  }

  /** New flows get these from here on; older ones keep theirs. */
  use(detections: Detections): void {
    const { config } = this.thread;
    const held = config.read(HELD_MEMORY);
    const window = config.read(PREFILTER_WINDOW);
    this.executor.limits.setSignatures(detections);
    this.groups.use(detections.list.map((each, i) => loadDetection(each, i, held, window, this.watch)));
  }

  process(batch: Batch): void {
    this.batch = batch;
    this.executor.batch = batch;
    this.next = 0;
    this.transactions?.begin();
    this.runner.beginBatch();
    while (this.next < batch.length) {
      // Only calls into detection code need to be guarded.
      if (!this.mayCall(batch.slots[this.next]!)) this.processNext();
      else if (!this.guard.run(this.processRest)) this.interrupted();
    }
    this.runner.endBatch();
    this.transactions?.end();
    batch.replace();
  }

  private readonly processRest = (): void => {
    while (this.next < this.batch.length) this.processNext();
  };

  private processNext(): void {
    const slot = this.batch.slots[this.next]!;
    if (!this.units.isResumed) this.batch.keep(slot);
    this.processPacket(slot);
    this.finishPacket();
  }

  private finishPacket(): void {
    this.next++;
    this.units.end();
  }

  /** The packet is resumed after the stopped detection, so that the others see all of it. */
  private interrupted(): void {
    if (this.runner.interrupted()) this.units.interrupted();
    else this.finishPacket();
  }

  private mayCall(slot: number): boolean {
    const flow = this.row[slot * Packet.INTS + Packet.FLOW]!;
    if (flow < 0) return false;
    const group = this.groups.of(flow);
    return (
      !this.groups.isKnown(flow) ||
      group.packets.length > 0 ||
      (group.transactions.length > 0 && this.transactions?.has(slot) === true) ||
      (group.streams.length > 0 && this.data.mayHaveData(slot * Packet.INTS)) ||
      this.row[slot * Packet.INTS + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END
    );
  }

  // ── one packet ──

  private processPacket(slot: number): void {
    const { row } = this;
    const p = slot * Packet.INTS;
    const pseudo = row[p + Packet.PSEUDO]!;
    if (pseudo === Packet.PSEUDO_EVENT) return;
    if (pseudo < Packet.PSEUDO_STREAM) this.wire = slot;
    const flow = row[p + Packet.FLOW]!;
    if (flow < 0) return;
    this.load(slot, p, flow, pseudo);
    const isNew = !this.groups.isKnown(flow) || this.units.isResumed;
    const group = this.groups.isKnown(flow) ? this.groups.of(flow) : this.groups.begin(flow);
    if (this.isDecided(p, flow)) this.executor.applyFlowDrop(p, flow);
    else this.inspect(p, flow, pseudo, group, isNew);
    if (pseudo === Packet.PSEUDO_FLOW_END) this.endOfFlow(flow, group);
  }

  private load(slot: number, p: number, flow: number, pseudo: number): void {
    const { context } = this.runner;
    this.packet.slot = slot;
    context.slot = slot;
    context.wire = this.wireOf(slot, p, pseudo);
    context.flow = flow;
    context.toServer = (this.row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    context.inStream = false;
    context.transaction = undefined;
  }

  /** Stream data without a packet of its own is attributed to the packet it came with. */
  private wireOf(slot: number, p: number, pseudo: number): number {
    if (pseudo !== Packet.PSEUDO_STREAM || this.wire < 0) return slot;
    const { row } = this;
    const w = this.wire * Packet.INTS;
    const same =
      row[w + Packet.NUMBER] === row[p + Packet.NUMBER] && row[w + Packet.SOURCE] === row[p + Packet.SOURCE];
    return same ? this.wire : slot;
  }

  /** The packet, or the whole flow, is dropped or passed: it is not inspected. */
  private isDecided(p: number, flow: number): boolean {
    const { row } = this;
    return (
      (row[p + Packet.FLAGS]! & Packet.FLAG_NO_INSPECTION) !== 0 || isFlowDecided(row, this.flows, p, flow)
    );
  }

  private inspect(p: number, flow: number, pseudo: number, group: FlowGroup, isNew: boolean): void {
    if (isNew && group.starts.length > 0) this.callEach(FLOW_START, group.starts);
    if (group.packets.length > 0 && pseudo <= Packet.PSEUDO_REASSEMBLED) this.callPackets(p, group);
    if (group.streams.length > 0) this.deliverStream(p, flow, pseudo, group);
    if (group.transactions.length > 0) this.deliverTransactions(p / Packet.INTS, flow, group);
  }

  private readonly ofStep = (detection: LoadedDetection): boolean =>
    this.units.begin(this.step, 0, detection.order);

  private callEach(step: number, detections: readonly LoadedDetection[]): void {
    for (const detection of detections) {
      if (detection.isDisabled || !this.units.begin(step, 0, detection.order)) continue;
      this.runner.call(detection, () => {
        const view = this.flowView(detection);
        const { onFlowStart, onFlowEnd } = detection.definition;
        return step === FLOW_START ? onFlowStart?.(view, this.packet) : onFlowEnd?.(view, this.packet);
      });
    }
  }

  private callPackets(p: number, group: FlowGroup): void {
    const count = Packet.flowPacketsOf(this.row, p, true) + Packet.flowPacketsOf(this.row, p, false);
    for (const detection of group.packets) {
      const { onPacket, everyPackets = 1 } = detection.definition;
      if (count % everyPackets !== 0 || detection.isDisabled || !this.units.begin(PACKET, 0, detection.order))
        continue;
      this.runner.call(detection, () => onPacket!(this.packet, this.flowView(detection)));
    }
  }

  private deliverStream(p: number, flow: number, pseudo: number, group: FlowGroup): void {
    if (!this.data.load(p, pseudo)) return;
    const { context } = this.runner;
    context.toServer = this.data.delivery.toServer;
    context.inStream = this.row[p + Packet.PROTOCOL] === TCP;
    this.step = STREAM;
    this.routines.deliver(flow, group.streams, this.data.delivery, this.ofStep);
    context.inStream = false;
  }

  private deliverTransactions(slot: number, flow: number, group: FlowGroup): void {
    const { transactions, runner, routines } = this;
    if (!transactions?.has(slot)) return;
    const { context } = runner;
    transactions.completed(slot, group.reads, (view, item) => {
      context.toServer = view.toServer;
      context.transaction = view;
      for (const detection of group.transactions) {
        const { transaction, onTransaction } = detection.definition;
        if (!transaction || onTransaction !== view.protocol || detection.isDisabled) continue;
        if (!this.units.begin(TRANSACTION, item, detection.order)) continue;
        runner.call(detection, () => transaction(view, this.flowView(detection)));
      }
      routines.deliverTransaction(flow, group.transactions, view, each =>
        this.units.begin(TRANSACTION, item, each.order),
      );
      context.transaction = undefined;
    });
  }

  private endOfFlow(flow: number, group: FlowGroup): void {
    this.step = FLOW_END;
    this.runner.context.toServer = true;
    this.routines.end(flow, each => this.units.begin(FLOW_END, 0, each.order));
    if (group.ends.length > 0) this.callEach(FLOW_END + 1, group.ends);
    this.routines.release(flow);
    this.groups.release(flow);
    this.watch.bits.release(flow);
  }

  private flowView(detection: LoadedDetection): FlowView {
    return new FlowView(detection, this.runner.context.flow);
  }
}
