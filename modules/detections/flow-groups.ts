/** Which detections apply to which flow: flows with the same set share a group, so that a flow stores only a number. */
import type { FlowRows } from '../../engine/flow/flow-record.js';
import type { LoadedDetection } from './loaded-detection.js';

/** Detections of a flow, by what they read of it. */
export class FlowGroup {
  readonly streams: readonly LoadedDetection[];
  readonly transactions: readonly LoadedDetection[];
  readonly starts: readonly LoadedDetection[];
  readonly ends: readonly LoadedDetection[];
  readonly packets: readonly LoadedDetection[];
  private readonly protocols: ReadonlySet<string | undefined>;

  constructor(all: readonly LoadedDetection[]) {
    this.streams = all.filter(({ definition }) => definition.detect);
    this.transactions = all.filter(({ definition }) => definition.transactions ?? definition.transaction);
    this.starts = all.filter(({ definition }) => definition.onFlowStart);
    this.ends = all.filter(({ definition }) => definition.onFlowEnd);
    this.packets = all.filter(({ definition }) => definition.onPacket);
    this.protocols = new Set(this.transactions.map(({ definition }) => definition.onTransaction));
  }

  /** Whether a detection reads transactions of this protocol. */
  readonly reads = (protocol: string): boolean => this.protocols.has(protocol);
}

const MAX_GROUPS = 65_535;
const MAX_BITS = 30;

export class FlowGroups {
  private readonly numbers: Uint16Array;
  /** Number 0: not evaluated yet. A removed group is undefined. */
  private readonly groups: (FlowGroup | undefined)[] = [new FlowGroup([])];
  /** Number of flows of each group, plus one while new flows may get it. */
  private readonly references: number[] = [];
  /** Numbers of removed groups. */
  private readonly free: number[] = [];
  private readonly byKey = new Map<number | string, number>();
  private detections: readonly LoadedDetection[] = [];

  constructor(private readonly flows: FlowRows) {
    this.numbers = new Uint16Array(flows.capacity);
  }

  /** New flows from here on get these. */
  use(detections: readonly LoadedDetection[]): void {
    this.detections = detections;
    const before = [...this.byKey.values()];
    this.byKey.clear();
    for (const number of before) this.dropReference(number);
  }

  /** Replaced detections are released with the last flow that uses them. */
  private dropReference(number: number): void {
    if (number === 0 || --this.references[number]! > 0) return;
    this.groups[number] = undefined;
    this.free.push(number);
  }

  isKnown(flow: number): boolean {
    return this.numbers[flow] !== 0;
  }

  of(flow: number): FlowGroup {
    return this.groups[this.numbers[flow]!]!;
  }

  /** Determines the detections of a flow. */
  begin(flow: number): FlowGroup {
    const key = this.keyOf(flow);
    let number = this.byKey.get(key);
    if (number === undefined) {
      const fitting = this.detections.filter(each => this.applies(each, flow));
      number = this.add(new FlowGroup(fitting));
      this.byKey.set(key, number);
    }
    this.numbers[flow] = number;
    if (number !== 0) this.references[number]!++;
    return this.groups[number]!;
  }

  /** Limits the number of groups, far above any sensible set of detections: flows beyond it are not watched. */
  private add(group: FlowGroup): number {
    const number = this.free.pop() ?? this.groups.length;
    if (number > MAX_GROUPS) return 0;
    this.groups[number] = group;
    this.references[number] = 1;
    return number;
  }

  /** The matching detections as bits of a number; as text if there are more than fit one. */
  private keyOf(flow: number): number | string {
    const { detections } = this;
    if (detections.length > MAX_BITS)
      return detections.map(each => (this.applies(each, flow) ? 1 : 0)).join('');
    let bits = 0;
    for (let i = 0; i < detections.length; i++) if (this.applies(detections[i]!, flow)) bits |= 1 << i;
    return bits;
  }

  private applies(detection: LoadedDetection, flow: number): boolean {
    return !detection.isDisabled && detection.fit(this.flows, flow);
  }

  release(flow: number): void {
    const number = this.numbers[flow]!;
    this.numbers[flow] = 0;
    this.dropReference(number);
  }
}
