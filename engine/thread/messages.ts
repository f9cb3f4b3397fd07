import type { ConfigTree } from '../config/config.js';
import type { CounterKind } from './counters.js';
import type { Plan } from './plan.js';

/** Start parameters of a thread. */
export interface ThreadStart {
  readonly plan: Plan;
  /** Number of the thread in the plan. */
  readonly me: number;
  readonly config: ConfigTree;
  readonly shared: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Folder that module paths and packages are resolved from. */
  readonly from: string;
  readonly batchSize: number;
  readonly live: boolean;
  /** The acquire module. */
  readonly input: string;
  readonly ownershipCheck: boolean;
  /** Bit for each event kind that an output consumes. */
  readonly wantedEvents: number;
}

/** Messages of a thread to the manager. */
export type ThreadMessage =
  | {
      readonly type: 'ready';
      readonly counters: { names: readonly string[]; kinds: readonly CounterKind[] };
      readonly threadId: number;
    }
  | { readonly type: 'failed'; readonly reason: string; readonly stack: string }
  | { readonly type: 'ended'; readonly violations: number; readonly cpuSeconds: number }
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'notice' | 'warning' | 'error';
      readonly text: string;
    }
  | { readonly type: 'warn-once'; readonly text: string }
  | { readonly type: 'log-file'; readonly number: number; readonly file: string };
