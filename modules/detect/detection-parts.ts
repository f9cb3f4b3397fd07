/** State shared by the parts of an inspection with one rule set. */
import type { Thread } from '../../engine/module.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';
import type { Inspection } from '../../signatures/inspection.js';
import type { SuppressedTransactions } from '../../signatures/state/unlogged.js';
import type { AlertFinalizer } from './alert-finalizer.js';
import type { AlertMetadata } from './alert-metadata.js';
import type { AlertQueue } from './alert-queue.js';
import type { AlertStreamData } from './alert-stream-data.js';
import type { BatchPlan } from './batch-plan.js';
import type { Bypassing } from './bypassing.js';
import type { FlowState, FlowStates } from './flow-states.js';
import type { HeaderTest } from './header-test.js';
import type { PacketFacts } from './packet-facts.js';
import type { Rules } from './rule.js';
import type { Scan } from './scan.js';
import type { StreamInspection } from './stream-inspection.js';
import type { StreamState } from './stream-state.js';
import type { PacketTags } from './tags.js';

/** Everything needed to inspect with one rule set. */
export interface DetectionParts {
  readonly thread: Thread;
  readonly image: RuleSetImage;
  readonly facts: PacketFacts;
  readonly currentFlow: CurrentFlow;
  readonly header: HeaderTest;
  readonly rules: Rules;
  readonly scan: Scan;
  readonly states: FlowStates;
  readonly plan: BatchPlan;
  readonly streams: StreamInspection;
  readonly queue: AlertQueue;
  readonly finalizer: AlertFinalizer;
  readonly at: Inspection;
  readonly tags: PacketTags;
  readonly metadata: AlertMetadata;
  readonly unlogged: SuppressedTransactions;
  readonly bypassing: Bypassing;
  /** Whether signatures inspect streams, not only packets. */
  readonly inspectsStreams: boolean;
  /** Index in `image.applicationNames` of each application protocol, by number of the protocol. */
  readonly applications: Int32Array;
  /** Present when outputs show streams with alerts. */
  readonly streamData?: AlertStreamData;
  /** Whether alerts in streams are logged with the current transaction. */
  readonly guessesTransactions: boolean;
  /** Maximum number of alerts logged that way with one transaction. */
  readonly maxGuesses: number;
  /** Called with each alert that did not fit the queue. */
  overflow(): void;
  /** Called for each signature whose conditions all hold. */
  matched?(signature: number): void;
}

/** Detection's state of the current packet's flow. */
export class CurrentFlow {
  state: FlowState | undefined;
  /** Number of its application protocol, from 1; 0 or less: none. */
  application = 0;
  private flow = -1;

  constructor(private readonly states: FlowStates) {}

  /** @param flow -1 without one */
  load(flow: number): void {
    this.flow = flow;
    this.state = flow >= 0 ? this.states.find(flow) : undefined;
  }

  /** The state of its flow, created when there is none. */
  stateOfFlow(): FlowState {
    this.state ??= this.states.of(this.flow);
    return this.state;
  }

  /** One direction of its stream, undefined when it has no state. */
  stream(toServer: boolean): StreamState | undefined {
    return this.state?.knownStream(toServer);
  }
}
