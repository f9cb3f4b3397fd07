/** Runs detections: resumes routines, calls functions, and handles failures. */
import { inspect } from 'node:util';
import v8 from 'node:v8';
import type { Config } from '../../engine/config/config.js';
import { Connection } from '../../engine/detection/connection.js';
import type { RoutineContext } from '../../engine/detection/routine-context.js';
import type { DetectionAction, DetectionResult } from '../../engine/detection.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { ActionContext, ActionExecutor } from './action-executor.js';
import type { LoadedDetection } from './loaded-detection.js';
import { ALERTS_PER_FLOW, ERROR_POLICY, GROWTH, MAX_ERRORS } from './options.js';

/** Maximum answers per turn: a routine that gives more no longer reads. */
const MAX_ANSWERS = 1000;

const INSPECT_OPTIONS = { depth: 0, breakLength: Infinity, maxStringLength: 40 };

const KINDS: ReadonlySet<DetectionAction['kind']> = new Set(['alert', 'drop', 'reject', 'bypass', 'stop']);

export class DetectionRunner {
  readonly context: ActionContext = {
    ...{ slot: 0, wire: 0, flow: -1, toServer: true, inStream: false, transaction: undefined },
    ...{ clientPosition: -1, serverPosition: -1 },
  };
  /** The detection whose code is running. */
  running: LoadedDetection | undefined;
  private readonly settings: ReturnType<typeof settingsOf>;
  private readonly counts: Record<'wakeups' | 'errors' | 'stopped' | 'suppressed', number>;
  private readonly values: Float64Array;
  /** Those that ran since memory was last checked, and whether memory is checked after each turn. */
  private readonly ran = new Set<LoadedDetection>();
  private checksEachCall = false;
  private memory = 0;

  constructor(
    private readonly thread: Thread,
    private readonly executor: ActionExecutor,
  ) {
    const { counters } = thread;
    this.settings = settingsOf(thread.config);
    this.values = counters.values;
    this.counts = {
      wakeups: counters.declare('detections.wakeups'),
      errors: counters.declare('detections.errors'),
      stopped: counters.declare('detections.stopped'),
      suppressed: counters.declare('detections.alerts_suppressed'),
    };
  }

  /**
   * Resumes a routine, or starts it.
   * @returns false when it is finished with the flow
   */
  resume(
    detection: LoadedDetection,
    asking: RoutineContext,
    begin: () => RoutineContext['routine'],
  ): boolean {
    this.values[this.counts.wakeups]!++;
    this.enter(detection);
    try {
      asking.routine ??= begin();
      return this.advance(detection, asking);
    } catch (error) {
      this.handleFailure(detection, error);
      return false;
    } finally {
      this.leave(detection);
    }
  }

  /** Calls a function of a detection. */
  call(detection: LoadedDetection, work: () => DetectionResult): void {
    this.enter(detection);
    try {
      const answer = work();
      checkAction(answer);
      this.context.clientPosition = -1;
      if (answer) this.executor.execute(detection, answer, this.context);
    } catch (error) {
      this.handleFailure(detection, error);
    } finally {
      this.leave(detection);
    }
  }

  private advance(detection: LoadedDetection, asking: RoutineContext): boolean {
    for (let i = 0; i < MAX_ANSWERS; i++) {
      const { done, value } = asking.routine!.next();
      checkAction(value);
      if (value) this.answer(detection, asking, value);
      if (done || isFinal(value)) return false;
      if (!value) return true;
    }
    throw new Error(`it returns results endlessly without reading (${MAX_ANSWERS} in one turn)`);
  }

  private answer(detection: LoadedDetection, asking: RoutineContext, answer: DetectionAction): void {
    if (answer.kind === 'alert' && ++asking.actionCount > this.settings.alertsPerFlow) {
      this.values[this.counts.suppressed]!++;
      return;
    }
    const { context } = this;
    if (asking instanceof Connection) {
      context.clientPosition = asking.client.position;
      context.serverPosition = asking.server.position;
      if (answer.kind === 'stop') asking.side(answer.side === 'client').close();
    }
    this.executor.execute(detection, answer, context);
    context.clientPosition = -1;
  }

  // ── failures ──

  private handleFailure(detection: LoadedDetection, error: unknown): void {
    this.values[this.counts.errors]!++;
    detection.errors++;
    const trace = detection.traceOf(error);
    if (detection.isNewTrace(trace))
      this.thread.warnOnce(
        `detection ${detection.name} failed and is disabled for the flow: ${trace} (packet ${this.packetNumber})`,
      );
    if (detection.errors >= this.settings.maxErrors)
      this.disable(detection, `it failed ${detection.errors} times`);
    this.applyPolicy();
  }

  /** The running code did not return within its time limit. @returns false when no detection was running */
  interrupted(): boolean {
    const detection = this.running;
    if (detection === undefined) {
      this.thread.log.warning(
        'detections together took too long; not all of them have seen the current packet',
      );
      return false;
    }
    this.disable(detection, `it did not return in time, at packet ${this.packetNumber}`);
    this.running = undefined;
    // Its memory must not be attributed to others.
    this.beginBatch();
    this.applyPolicy();
    return true;
  }

  private disable(detection: LoadedDetection, reason: string): void {
    if (detection.isDisabled) return;
    detection.isDisabled = true;
    this.values[this.counts.stopped]!++;
    this.thread.log.error(`detection ${detection.name} is disabled in thread ${this.thread.name}: ${reason}`);
  }

  private applyPolicy(): void {
    const { policy } = this.settings;
    const { executor, context } = this;
    if (policy === 'pass-flow') executor.passFlow(context);
    else if (policy !== 'ignore' && executor.inline)
      executor.dropPacket(context, Packet.VERDICT_DROP, policy === 'drop-flow');
  }

  // ── memory ──

  /** Before a batch: memory allocated from here on is attributed to detections. */
  beginBatch(): void {
    this.ran.clear();
    this.memory = memoryInUse();
  }

  /** If memory grew too much in this batch, finds the detection responsible. */
  endBatch(): void {
    if (this.ran.size === 0) return;
    const growth = memoryInUse() - this.memory;
    if (growth < this.settings.growth) return;
    if (this.ran.size === 1) for (const detection of this.ran) this.disableForGrowth(detection, growth);
    // The detection responsible is found by checking each turn separately.
    else this.checksEachCall = true;
  }

  private enter(detection: LoadedDetection): void {
    this.running = detection;
    if (this.checksEachCall) this.memory = memoryInUse();
  }

  private leave(detection: LoadedDetection): void {
    this.running = undefined;
    this.ran.add(detection);
    if (!this.checksEachCall) return;
    const growth = memoryInUse() - this.memory;
    if (growth >= this.settings.growth) this.disableForGrowth(detection, growth);
  }

  private disableForGrowth(detection: LoadedDetection, growth: number): void {
    this.disable(detection, `it allocated ${Math.round(growth / 2 ** 20)} MiB of memory at once`);
    this.checksEachCall = false;
  }

  private get packetNumber(): number {
    return Packet.numberOf(this.thread.memory.row, this.context.slot * Packet.INTS);
  }
}

/** No more of the flow is inspected after these. */
function isFinal(answer: DetectionResult): boolean {
  return answer !== undefined && answer.kind !== 'alert' && answer.kind !== 'stop';
}

/**
 * Numbers and booleans are incidental results of short functions (`packet => list.push(packet.time)`).
 * @throws if code returns something else that was intended: a text, or a read with `yield` instead of `yield*`
 */
function checkAction(result: unknown): void {
  if (!result || (typeof result !== 'object' && typeof result !== 'string')) return;
  if (KINDS.has((result as DetectionAction).kind)) return;
  if (Symbol.iterator in Object(result) && typeof result === 'object')
    throw new Error('it yields a read; use yield* instead of yield');
  throw new Error(`it returned ${inspect(result, INSPECT_OPTIONS)}, expected a result such as alert()`);
}

function memoryInUse(): number {
  const { used_heap_size, external_memory } = v8.getHeapStatistics();
  return used_heap_size + external_memory;
}

function settingsOf(config: Config) {
  return {
    alertsPerFlow: config.read(ALERTS_PER_FLOW),
    maxErrors: config.read(MAX_ERRORS),
    policy: config.read(ERROR_POLICY),
    growth: config.read(GROWTH),
  };
}
