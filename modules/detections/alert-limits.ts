/** Thresholds and suppressions of the configuration (`threshold-file`), for alerts of detections. */
import type { DetectionSignature, Detections } from '../../engine/detection/prepared.js';
import { DETECTIONS, FIRST_DETECTION } from '../../engine/detection/prepared.js';
import type { DetectionAction } from '../../engine/detection.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import {
  allocateDetectionState,
  DETECTION_STATE,
  type DetectionState,
} from '../../signatures/state/detection-state.js';
import { SharedTable } from '../../signatures/state/shared-table.js';
import { PASSED, SILENT, SUPPRESSED, Thresholds } from '../../signatures/state/thresholds.js';
import { Tracker } from '../../signatures/state/track.js';

/** Effect on an answer: it is suppressed, acts without an alert, or has another action. */
export interface LimitResult {
  readonly suppressed: boolean;
  readonly silent: boolean;
  readonly action: 'alert' | 'drop' | 'reject' | 'pass' | undefined;
}

const UNCHANGED: LimitResult = { suppressed: false, silent: false, action: undefined };
const SUPPRESSED_RESULT: LimitResult = { ...UNCHANGED, suppressed: true };

export class AlertLimits {
  private signatures: readonly DetectionSignature[] = [];
  private thresholds: Thresholds | undefined;

  constructor(private readonly thread: Thread) {}

  /** The signatures of detections, set after each reload. */
  setSignatures({ signatures }: Detections): void {
    this.signatures = signatures;
    const limited = signatures.some(({ thresholds }) => thresholds.length > 0);
    this.thresholds = limited ? this.open() : undefined;
  }

  check({ kind }: DetectionAction, signature: number, slot: number, toServer: boolean): LimitResult {
    if (!this.thresholds || kind === 'bypass' || kind === 'stop') return UNCHANGED;
    const answer = this.thresholds.check(signature, slot * Packet.INTS, toServer);
    if (answer === SUPPRESSED) return SUPPRESSED_RESULT;
    const { newAction } = this.thresholds;
    if (answer === PASSED && newAction === '') return UNCHANGED;
    return { suppressed: false, silent: answer === SILENT, action: newAction || undefined } as LimitResult;
  }

  private open(): Thresholds {
    const { memory, config, shared } = this.thread;
    const state = (shared[DETECTION_STATE] as DetectionState | undefined) ?? allocateDetectionState(config);
    return new Thresholds(
      memory,
      new SharedTable(state.thresholds),
      new Tracker(this.thread),
      number => this.signatures[number - FIRST_DETECTION]!,
    );
  }
}

/** The detections passed to a thread; empty when there are none. */
export function detectionsOf(shared: Readonly<Record<string, unknown>>): Detections {
  return (shared[DETECTIONS] as Detections | undefined) ?? { list: [], signatures: [] };
}
