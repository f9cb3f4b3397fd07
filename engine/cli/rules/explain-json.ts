/** An explanation as one JSON object. */
import type { Evaluation } from '../../../signatures/explain/evaluation.js';
import { type ExplanationData, explanationOf, failureText } from './explanation.js';
import type { Subject } from './subject.js';

/** @param most evaluations included, in chronological order */
export function explanationJson(data: ExplanationData, most: number): string {
  const { signature, packets, applied, headerFailures, evaluations, omitted, matches, alerts } = data;
  const { result, reason, nearest } = explanationOf(data);
  const { gid, sid, rev, msg, text, position } = signature;
  const listed = evaluations.slice(0, most);
  return `${JSON.stringify(
    {
      rule: { gid, sid, rev, msg, text, file: position.file, line: position.line },
      result,
      ...(reason !== '' && { reason }),
      alerts,
      matches,
      header: {
        packets,
        applied,
        failures: [...headerFailures.values()].map(({ reason: why, packets: n, first }) => ({
          reason: why,
          packets: n,
          first,
        })),
      },
      ...(nearest && { nearest: evaluationJson(nearest) }),
      evaluations: listed.map(evaluationJson),
      evaluations_left_out: evaluations.length - listed.length + omitted,
    },
    undefined,
    2,
  )}\n`;
}

function evaluationJson(evaluation: Evaluation<Subject>): object {
  const { subject, place, conditions, findings, matched } = evaluation;
  return {
    ...subject,
    place,
    matched,
    ...(!matched && { reason: failureText(evaluation) }),
    conditions: conditions.map(({ number, text, buffer }) => {
      const finding = findings[number];
      const { met, ...seen } = finding ?? { met: undefined };
      return {
        condition: text,
        ...(buffer !== undefined && { buffer }),
        outcome: met === undefined ? 'not evaluated' : met ? 'met' : 'failed',
        ...seen,
      };
    }),
  };
}
