/** A detection in the thread that runs it. */

import { evaluate } from '../../engine/detection/evaluate.js';
import type { PacketView } from '../../engine/detection/packet-view.js';
import type { PreparedDetection } from '../../engine/detection/prepared.js';
import { traceOf } from '../../engine/detection/trace.js';
import type { DetectionContext, FlowBits, ViewContext } from '../../engine/detection/view-context.js';
import type { DetectionDefinition, Permission } from '../../engine/detection.js';
import type { FlowRows } from '../../engine/flow/flow-record.js';
import * as api from '../../engine/index.js';
import type { Memory } from '../../engine/memory.js';
import { type FlowFit, flowFit } from './flow-fit.js';
import { openPrefilter, type Prefilter } from './prefilter.js';

const TCP = 6;
const UDP = 17;

export class LoadedDetection implements DetectionContext {
  readonly name: string;
  /** Number of its signature in alerts. */
  readonly signature: number;
  readonly memory: Memory;
  readonly flows: FlowRows;
  readonly bits: FlowBits;
  readonly packet: PacketView;
  readonly fit: FlowFit;
  readonly prefilter: Prefilter | undefined;
  readonly readsClient: boolean;
  readonly readsServer: boolean;
  /** It failed too often, or did not return in time: it is no longer called in this thread. */
  isDisabled = false;
  errors = 0;
  private readonly reportedTraces = new Set<string>();
  private readonly may: ReadonlySet<Permission>;

  constructor(
    private readonly prepared: PreparedDetection,
    readonly definition: DetectionDefinition,
    /** Position in the order in which detections are called. */
    readonly order: number,
    readonly maxHeld: number,
    window: number,
    private readonly watch: ViewContext,
  ) {
    this.name = definition.name;
    this.signature = prepared.signature;
    this.memory = watch.memory;
    this.flows = watch.flows;
    this.bits = watch.bits;
    this.packet = watch.packet;
    this.may = new Set(prepared.may);
    this.fit = flowFit(prepared.when, definition.detect && [TCP, UDP]);
    this.prefilter = openPrefilter(prepared.when, window, watch.memory, watch.flows);
    const { reads = 'both' } = definition;
    this.readsClient = reads !== 'server';
    this.readsServer = reads !== 'client';
  }

  applicationName(number: number): string | undefined {
    return this.watch.applicationName(number);
  }

  /** @returns what was thrown and where, in one line */
  traceOf(error: unknown): string {
    return traceOf(error, this.prepared.file, this.prepared.map);
  }

  /** Whether this failure is new: what fails for one flow often fails for the next ones. */
  isNewTrace(trace: string): boolean {
    return !this.reportedTraces.has(trace) && this.reportedTraces.add(trace) !== undefined;
  }

  isAllowed(permission: Permission): boolean {
    return this.may.has(permission);
  }

  reads(toServer: boolean): boolean {
    return toServer ? this.readsClient : this.readsServer;
  }
}

/** Evaluates the detection's code. @throws Error naming the file and what is wrong */
export function loadDetection(
  prepared: PreparedDetection,
  order: number,
  held: number,
  window: number,
  watch: ViewContext,
): LoadedDetection {
  const buffers = Object.fromEntries(prepared.tables.map(({ name, buffer }) => [name, buffer]));
  const { definition } = evaluate(prepared.code, prepared.file, api, prepared.may, buffers);
  return new LoadedDetection(
    prepared,
    definition,
    order,
    Math.min(held, definition.held ?? held),
    window,
    watch,
  );
}
