/** Observes the evaluation of a signature and records what each of its conditions found. */
import type { Protocol } from '../../engine/protocol.js';
import type { Step } from '../buffer-matcher/chain.js';
import type { ConditionWatch, TransactionTest } from '../condition-watch.js';
import type { Inspection, Test } from '../inspection.js';
import type { CompileEnvironment } from '../match-compiler.js';
import type { BufferConditions, ContentMatch, Match } from '../signature.js';
import { contentText } from './bytes-text.js';
import type { Condition, Conditions } from './conditions.js';
import type { Finding } from './evaluation.js';
import type { EvaluationLog } from './evaluation-log.js';
import { seenInBuffer } from './seen-in-buffer.js';
import { seenInPacket } from './seen-in-packet.js';
import { seenInTransaction } from './seen-in-transaction.js';

export class ExplainingWatch<Subject> implements ConditionWatch {
  constructor(
    private readonly conditions: Conditions,
    private readonly log: EvaluationLog<Subject>,
  ) {}

  condition(match: Match, test: Test, environment: CompileEnvironment): Test {
    const condition = this.conditions.get(match);
    if (!condition) return test;
    return at => {
      const met = test(at);
      this.log.addFinding(condition, { met, saw: seenInPacket(match, at, environment) }, at);
      return met;
    };
  }

  step(match: Match, step: Step, environment: CompileEnvironment): Step {
    const condition = this.conditions.get(match);
    if (!condition) return step;
    const { log } = this;
    return next => {
      let met = 0;
      const test = step(at => {
        met++;
        log.visit?.addMatch(condition.number, placeOf(match, at));
        return next(at);
      });
      return at => {
        const { cursor } = at;
        const before = met;
        const held = test(at);
        if (met === before && !held && log.visit?.hasFailed(condition.number) === false) {
          const saw = seenInBuffer(match, at, cursor, environment);
          log.visit.addFailure(condition.number, { met: false, saw, size: at.end - at.start });
        }
        return held;
      };
    };
  }

  buffer(conditions: readonly Match[], test: Test): Test {
    const numbers = this.numbersOf(conditions);
    const { log } = this;
    if (numbers.length === 0) return test;
    return at => {
      log.enterBuffer(at);
      const held = test(at);
      log.leaveBuffer(numbers, held, at);
      return held;
    };
  }

  transaction(what: Match | BufferConditions, protocol: Protocol, test: TransactionTest): TransactionTest {
    if (!isBuffer(what)) return this.transactionCondition(what, protocol, test);
    const conditions = what.conditions.map(match => this.conditions.get(match)!);
    const { log } = this;
    return (at, visible) => {
      log.enterTransaction(at);
      const held = test(at, visible);
      if (log.valuesSeen === 0) this.withoutValue(what, conditions, held, at);
      return held;
    };
  }

  private transactionCondition(match: Match, protocol: Protocol, test: TransactionTest): TransactionTest {
    const condition = this.conditions.get(match)!;
    return (at, visible) => {
      this.log.enterTransaction(at);
      const met = test(at, visible);
      this.log.addFinding(condition, { met, saw: seenInTransaction(match, protocol, at, visible) }, at);
      return met;
    };
  }

  /** The conditions on a buffer were decided without inspecting bytes: it is missing, or should be. */
  private withoutValue(
    what: BufferConditions,
    conditions: readonly Condition[],
    met: boolean,
    at: Inspection,
  ): void {
    const onlyAbsent = what.conditions.length === 1 && what.conditions[0]!.kind === 'absent';
    const saw =
      onlyAbsent && !met ? `the transaction has ${what.buffer}` : `the transaction has no ${what.buffer}`;
    for (const condition of met ? conditions : conditions.slice(0, 1))
      this.log.addFinding(condition, { met, saw, ...(!met && !onlyAbsent && { missing: true }) }, at);
  }

  /** Numbers of conditions on a buffer, and of those on data decoded from it. */
  private numbersOf(matches: readonly Match[]): number[] {
    return matches.flatMap(match => {
      const condition = this.conditions.get(match);
      const inner = (match['data'] as readonly Match[] | undefined) ?? [];
      return condition ? [condition.number, ...this.numbersOf(inner)] : [];
    });
  }
}

function isBuffer(what: Match | BufferConditions): what is BufferConditions {
  return 'conditions' in what;
}

/** A content ends at the cursor; for others the position is unknown. */
function placeOf(match: Match, at: Inspection): Finding {
  const size = at.end - at.start;
  if (match.kind !== 'content' || (match as ContentMatch).negated)
    return match.kind === 'pcre'
      ? { met: true, size, saw: `it matches up to offset ${at.cursor - at.start}` }
      : { met: true, size };
  const { length } = (match as ContentMatch).bytes;
  const start = at.cursor - length;
  return {
    met: true,
    offset: start - at.start,
    length,
    bytes: contentText(at.bytes, start, at.cursor),
    size,
  };
}
