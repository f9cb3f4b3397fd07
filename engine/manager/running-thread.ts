/** A thread as seen by the manager: its reported state, independent of the worker that currently runs it. */
import type { Worker } from 'node:worker_threads';
import type { ThreadReport } from '../engine.js';
import { type CounterView, totalCounters } from '../thread/counters.js';
import { LogRing } from '../thread/log-ring.js';
import type { ThreadMessage } from '../thread/messages.js';
import type { ThreadPlan } from '../thread/plan.js';

/** `failed`: its worker is about to end; `restarting`: another worker starts in its place. */
type State = 'starting' | 'running' | 'failed' | 'restarting';

export class RunningThread {
  /** Resolves when its modules are created, or have failed. */
  readonly ready: Promise<void>;
  /** Resolves when it has finally ended. */
  readonly ended: Promise<void>;
  readonly logRing: LogRing;
  readonly files: (string | undefined)[] = [];
  state: State = 'starting';
  worker!: Worker;
  /** Shared objects that its worker was started with. */
  startedWith: unknown;
  /** Reload generation that it must reach to use the current shared objects. */
  generation = 0;
  violations = 0;
  hasEnded = false;
  /** Part of the input whose lines its ring contains; see `parts.ts`. */
  part: number | undefined = undefined;
  resolveReady!: () => void;
  private resolveEnded!: () => void;
  private readonly values: Float64Array;
  private counterNames: readonly string[] = [];
  private counterKinds: CounterView['kinds'] = [];
  private systemThreadId = 0;
  private cpuSeconds = 0;

  constructor(readonly plan: ThreadPlan) {
    this.logRing = new LogRing(plan.logRing);
    this.values = new Float64Array(plan.counters);
    this.ready = new Promise(resolve => {
      this.resolveReady = resolve;
    });
    this.ended = new Promise(resolve => {
      this.resolveEnded = resolve;
    });
  }

  /** It shares no queue with other threads: they can continue without it. */
  get isIndependent(): boolean {
    const { inlets, outlets, incomingReturns, returnPaths } = this.plan;
    return (
      inlets.length + outlets.length + incomingReturns.length === 0 &&
      returnPaths.every(way => way === undefined)
    );
  }

  handleReady({ counters, threadId }: Extract<ThreadMessage, { type: 'ready' }>): void {
    this.counterNames = counters.names;
    this.counterKinds = counters.kinds;
    this.systemThreadId = threadId;
    this.resolveReady();
  }

  handleEnded({ violations, cpuSeconds }: Extract<ThreadMessage, { type: 'ended' }>): void {
    this.violations += violations;
    this.cpuSeconds += cpuSeconds;
    this.finish();
  }

  /** It has ended for good. */
  finish(): void {
    this.hasEnded = true;
    this.resolveReady();
    this.resolveEnded();
  }

  counters(): CounterView {
    return { names: this.counterNames, kinds: this.counterKinds, values: this.values };
  }

  report(): ThreadReport {
    return {
      name: this.plan.name,
      modules: this.plan.modules,
      cpuSeconds: this.cpuSeconds,
      systemThreadId: this.systemThreadId,
      counters: totalCounters([this.counters()]),
    };
  }
}
