/**
 * Observes the evaluation of a signature: instrumentation that explains or profiles rules is inserted between its
 * conditions at compile time. Without a watch nothing is inserted.
 */
import type { Protocol } from '../engine/protocol.js';
import type { Step } from './buffer-matcher/chain.js';
import type { Inspection, Test } from './inspection.js';
import type { CompileEnvironment } from './match-compiler.js';
import type { BufferConditions, Match } from './signature.js';

/** The part of a transaction visible at the time of inspection. */
export interface VisibleTransaction {
  readonly toServer: boolean;
  readonly progress: number;
  readonly events: number;
  readonly bodyLength: number;
  readonly complete: boolean;
}

/** A condition on a transaction: a value, a test, an event, or all conditions on one buffer. */
export type TransactionTest = (at: Inspection, visible: VisibleTransaction) => boolean;

/** Watches one signature. Each function returns the test that replaces the original. */
export interface ConditionWatch {
  /** A condition on packet, flow or state, or an effect. */
  condition(match: Match, test: Test, environment: CompileEnvironment): Test;
  /** One condition on a buffer, with the conditions after it. */
  step(match: Match, step: Step, environment: CompileEnvironment): Step;
  /** All conditions on one buffer; the caller has set it. */
  buffer(conditions: readonly Match[], test: Test): Test;
  transaction(what: Match | BufferConditions, protocol: Protocol, test: TransactionTest): TransactionTest;
}
