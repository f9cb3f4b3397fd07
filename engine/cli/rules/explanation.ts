/** Why a rule fired or did not, as data. */
import type { StoredSignature } from '../../../signatures/compile/image.js';
import { isApplicationBuffer, TRANSACTION_KINDS } from '../../../signatures/compile/traits.js';
import type { Condition } from '../../../signatures/explain/conditions.js';
import type { Evaluation } from '../../../signatures/explain/evaluation.js';
import type { Subject } from './subject.js';

/** Packets that the header did not match, by reason. */
export interface HeaderFailure {
  readonly reason: string;
  /** Higher means nearer to a match. */
  readonly rank: number;
  packets: number;
  /** The first such packet. */
  readonly first: Subject;
}

/** Data collected during the inspection of a capture. */
export interface ExplanationData {
  readonly signature: StoredSignature;
  /** Captured packets, and those that the header matched. */
  packets: number;
  applied: number;
  readonly headerFailures: ReadonlyMap<string, HeaderFailure>;
  readonly evaluations: readonly Evaluation<Subject>[];
  /** Number of evaluations that were not kept. */
  readonly omitted: number;
  matches: number;
  alerts: number;
  /** The capture reader encountered an error. */
  damaged: boolean;
}

export type Result = 'fired' | 'matched without alert' | 'did not fire';

export interface Explanation {
  readonly result: Result;
  /** One sentence; empty if it fired. */
  readonly reason: string;
  /** The evaluation that got furthest. */
  readonly nearest?: Evaluation<Subject>;
}

export function explanationOf(data: ExplanationData): Explanation {
  const { evaluations, alerts, matches } = data;
  const nearest = evaluations.reduce<Evaluation<Subject> | undefined>(
    // Among equals the last one has the most information: protocols are detected and bodies received.
    (best, each) => (!best || nearestFirst(each, best) <= 0 ? each : best),
    undefined,
  );
  const found = nearest && { nearest };
  if (alerts > 0) return { result: 'fired', reason: '', ...found };
  if (matches > 0) return { result: 'matched without alert', reason: noAlertReason(data), ...found };
  const reason = nearest ? failureText(nearest) : withoutEvaluation(data);
  return { result: 'did not fire', reason, ...found };
}

/** Matches first, then by number of conditions met; a failed condition is more informative than a missing buffer. */
export function nearestFirst(one: Evaluation<Subject>, other: Evaluation<Subject>): number {
  const failed = (each: Evaluation<Subject>): number => {
    if (!each.failed) return 0;
    return each.findings[each.failed.number]!.missing ? 1 : 2;
  };
  return Number(other.matched) - Number(one.matched) || other.met - one.met || failed(other) - failed(one);
}

/** Why there is no alert although all conditions held. */
function noAlertReason({ signature }: ExplanationData): string {
  if (signature.noalert) return 'all conditions hold, but the rule does not alert (noalert)';
  if (signature.action === 'pass') return 'all conditions hold; it is a pass rule, which does not alert';
  if (signature.action === 'config') return 'all conditions hold; it is a config rule, which does not alert';
  if (signature.thresholds.length > 0)
    return 'all conditions hold, but its threshold was not reached, or suppressed the alert';
  return 'all conditions hold, but another rule passed the packet, or the alert queue was full (packet-alert-max)';
}

/** Why an evaluation did not match: `content:"abc" in http.uri: not in …`. */
export function failureText(evaluation: Evaluation<Subject>): string {
  if (evaluation.matched) return '';
  const { failed } = evaluation;
  if (failed)
    return `${conditionText(failed)}: ${evaluation.findings[failed.number]!.saw ?? 'it does not hold'}`;
  const { waiting: pending } = evaluation;
  return pending
    ? `${conditionText(pending)}: ${pendingText(pending, evaluation)}`
    : 'it cannot be evaluated here';
}

export function conditionText({ text, buffer }: Condition): string {
  return buffer === undefined ? text : `${text} in ${buffer}`;
}

function pendingText({ of }: Condition, { place }: Evaluation<Subject>): string {
  if (of === 'transaction') return 'there is no such data in this direction of the transaction';
  if (of === 'header') return 'the packet has no such header';
  if (place === 'stream') return 'the stream has no new data since the last match';
  return 'there is no payload';
}

/** What was missing when a header matched and no condition was evaluated. */
function nothing({ buffers, conditions }: StoredSignature): string {
  const event = conditions.find(match => match.kind === 'transaction-event');
  if (event) return `no transaction of ${event.protocol} had an event`;
  if (buffers.some(isApplicationBuffer) || conditions.some(match => TRANSACTION_KINDS.has(match.kind)))
    return 'there was no transaction in its direction';
  if (buffers.length > 0) return 'they carried no data to inspect';
  return 'there was nothing to inspect';
}

function withoutEvaluation({ packets, applied, headerFailures, signature }: ExplanationData): string {
  if (packets === 0) return 'the capture has no packets';
  if (applied > 0) return `the header applied to ${applied} packets, but ${nothing(signature)}`;
  const nearest = [...headerFailures.values()].sort((a, b) => b.rank - a.rank || b.packets - a.packets)[0];
  const others = headerFailures.size > 1 ? `; it came nearest with ${nearest!.packets} of them` : '';
  return `the header applied to none of ${packets} packets${others}: ${nearest!.reason}`;
}
