/** An explanation as text. */
import type { Evaluation, Finding } from '../../../signatures/explain/evaluation.js';
import {
  conditionText,
  type ExplanationData,
  explanationOf,
  failureText,
  nearestFirst,
} from './explanation.js';
import { type Subject, subjectText } from './subject.js';

/** Maximum number of reasons listed. */
const MAX_REASONS = 8;

/** @param most evaluations shown condition by condition, those that got furthest first */
export function explanationText(data: ExplanationData, most: number): string {
  const { signature, alerts } = data;
  const { result, reason } = explanationOf(data);
  const head =
    result === 'fired'
      ? `it fired ${alerts} times`
      : result === 'did not fire'
        ? 'it did not fire'
        : 'it matched without an alert';
  return [
    `rule ${signature.gid}:${signature.sid} "${signature.msg}": ${head}${reason === '' ? '' : `\n  ${reason}`}`,
    ...headerLines(data),
    ...evaluationLines(data, most),
    ...(data.damaged ? ['', 'The capture could not be read to its end.'] : []),
    '',
  ].join('\n');
}

function headerLines({ packets, applied, headerFailures }: ExplanationData): string[] {
  const failures = [...headerFailures.values()].sort((a, b) => b.rank - a.rank || b.packets - a.packets);
  return [
    '',
    `Its header applied to ${applied} of ${packets} packets.`,
    ...failures
      .slice(0, MAX_REASONS)
      .map(({ packets: n, reason, first }) => `  ${n} not: ${reason} (${subjectText(first)})`),
    ...(failures.length > MAX_REASONS ? [`  and ${failures.length - MAX_REASONS} more reasons`] : []),
  ];
}

function evaluationLines({ evaluations, omitted }: ExplanationData, most: number): string[] {
  if (evaluations.length === 0) return [];
  const nearest = evaluations.toReversed().sort(nearestFirst);
  const shown = nearest.slice(0, most);
  const total = evaluations.length + omitted;
  return [
    '',
    `It was evaluated ${total} times.`,
    ...reasonLines(evaluations),
    ...(shown.length < total ? ['', `The ${shown.length} evaluations that got furthest:`] : []),
    ...shown.flatMap(evaluationText),
  ];
}

function reasonLines(evaluations: readonly Evaluation<Subject>[]): string[] {
  const counts = new Map<string, number>();
  for (const each of evaluations) {
    const { failed, waiting: pending } = each;
    const where = failed ?? pending;
    const text = each.matched
      ? 'all conditions held'
      : where
        ? `failed at ${conditionText(where)}`
        : 'not evaluated';
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MAX_REASONS);
  return sorted.map(([text, count]) => `  ${count} times ${text}`);
}

function evaluationText(evaluation: Evaluation<Subject>): string[] {
  const { subject, place, conditions, findings, matched } = evaluation;
  const lines = conditions.map(condition => {
    const finding = findings[condition.number];
    const sign = finding === undefined ? '·' : finding.met ? '+' : '-';
    return `  ${sign} ${conditionText(condition)}${findingText(finding)}`;
  });
  const implicit = !matched && !evaluation.failed ? [`  ${failureText(evaluation)}`] : [];
  return [
    '',
    `${subjectText(subject)}${place === 'stream' ? ', in the stream' : ''}${matched ? ': matched' : ''}`,
    ...lines,
    ...implicit,
  ];
}

function findingText(finding: Finding | undefined): string {
  if (!finding) return ' (not evaluated)';
  if (finding.saw !== undefined) return `: ${finding.saw}`;
  return finding.offset === undefined ? '' : `: at offset ${finding.offset} of ${finding.size}`;
}
