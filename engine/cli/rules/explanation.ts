/** Why a rule fired or did not, as data. */
import type { StoredSignature } from '../../../signatures/compile/image.js';
import { isApplicationBuffer, TRANSACTION_KINDS } from '../../../signatures/compile/traits.js';
import type { Condition } from '../../../signatures/explain/conditions.js';
import type { Evaluation } from '../../../signatures/explain/evaluation.js';
import type { Subject } from './subject.js';

/** Packets that the header did not apply to, by reason. */
export interface HeaderFailure {
  readonly reason: string;
  /** The higher, the nearer to a match. */
  readonly rank: number;
  packets: number;
  /** The first of them. */
  readonly first: Subject;
}

/** What was gathered while a capture was inspected. */
export interface Gathered {
  readonly signature: StoredSignature;
  /** Packets of the wire, and those of them that the header applied to. */
  packets: number;
  applied: number;
  readonly headerFailures: ReadonlyMap<string, HeaderFailure>;
  readonly evaluations: readonly Evaluation<Subject>[];
  /** Evaluations that were not kept. */
  readonly leftOut: number;
  matches: number;
  alerts: number;
  /** The reader of the capture met an error. */
  damaged: boolean;
}

export type Result = 'fired' | 'matched without alert' | 'did not fire';

export interface Explanation {
  readonly result: Result;
  /** One sentence; empty when it fired. */
  readonly reason: string;
  /** The evaluation that came furthest. */
  readonly nearest?: Evaluation<Subject>;
}

export function explanationOf(gathered: Gathered): Explanation {
  const { evaluations, alerts, matches } = gathered;
  const nearest = evaluations.reduce<Evaluation<Subject> | undefined>(
    // Among equals the last one knows most: protocols are recognised and bodies are there.
    (best, each) => (!best || byNearness(each, best) <= 0 ? each : best),
    undefined,
  );
  const found = nearest && { nearest };
  if (alerts > 0) return { result: 'fired', reason: '', ...found };
  if (matches > 0) return { result: 'matched without alert', reason: silence(gathered), ...found };
  const reason = nearest ? failureText(nearest) : withoutEvaluation(gathered);
  return { result: 'did not fire', reason, ...found };
}

/** Those that matched first, then by conditions met; what failed says more than what had nothing to look at. */
export function byNearness(one: Evaluation<Subject>, other: Evaluation<Subject>): number {
  const failed = (each: Evaluation<Subject>): number => {
    if (!each.failed) return 0;
    return each.findings[each.failed.number]!.missing ? 1 : 2;
  };
  return Number(other.matched) - Number(one.matched) || other.met - one.met || failed(other) - failed(one);
}

/** All conditions held and there is no alert. */
function silence({ signature }: Gathered): string {
  if (signature.noalert) return 'all conditions hold, but the rule is told to be silent (noalert)';
  if (signature.action === 'pass') return 'all conditions hold; it is a rule to pass, which makes no alerts';
  if (signature.action === 'config') return 'all conditions hold; it is a rule that changes settings';
  if (signature.thresholds.length > 0)
    return 'all conditions hold, but its threshold was not reached, or held it back';
  return 'all conditions hold, but another rule passed the packet, or there was no room for the alert (packet-alert-max)';
}

/** Why an evaluation did not match: `content:"abc" in http.uri: not in …`. */
export function failureText(evaluation: Evaluation<Subject>): string {
  if (evaluation.matched) return '';
  const { failed } = evaluation;
  if (failed)
    return `${conditionText(failed)}: ${evaluation.findings[failed.number]!.saw ?? 'it does not hold'}`;
  const { waiting } = evaluation;
  return waiting
    ? `${conditionText(waiting)}: ${waitingText(waiting, evaluation)}`
    : 'it cannot be evaluated here';
}

export function conditionText({ text, buffer }: Condition): string {
  return buffer === undefined ? text : `${text} in ${buffer}`;
}

function waitingText({ of }: Condition, { place }: Evaluation<Subject>): string {
  if (of === 'transaction') return 'nothing of it came in this direction of the transaction';
  if (of === 'header') return 'the packet has no such header';
  if (place === 'stream') return 'nothing new came in the stream since the last match';
  return 'there is no payload to look at';
}

/** What there was not, where a header applied and no condition was looked at. */
function nothing({ buffers, conditions }: StoredSignature): string {
  const event = conditions.find(match => match.kind === 'transaction-event');
  if (event) return `no transaction of ${event.protocol} had an event`;
  if (buffers.some(isApplicationBuffer) || conditions.some(match => TRANSACTION_KINDS.has(match.kind)))
    return 'there was no transaction in its direction';
  if (buffers.length > 0) return 'no data came of them that could be looked at';
  return 'nothing was there that could be looked at';
}

function withoutEvaluation({ packets, applied, headerFailures, signature }: Gathered): string {
  if (packets === 0) return 'the capture has no packets';
  if (applied > 0) return `the header applied to ${applied} packets, but ${nothing(signature)}`;
  const nearest = [...headerFailures.values()].sort((a, b) => b.rank - a.rank || b.packets - a.packets)[0];
  const others = headerFailures.size > 1 ? `; it came nearest with ${nearest!.packets} of them` : '';
  return `the header applied to none of ${packets} packets${others}: ${nearest!.reason}`;
}
