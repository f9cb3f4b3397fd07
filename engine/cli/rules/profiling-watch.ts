/** Counts and times the conditions of one rule. */
import type { Step } from '../../../signatures/buffer-matcher/chain.js';
import type { ConditionWatch, TransactionTest } from '../../../signatures/condition-watch.js';
import type { Test } from '../../../signatures/inspection.js';
import type { BufferConditions, Match } from '../../../signatures/signature.js';
import type { Protocol } from '../../protocol.js';
import { type Cell, newCell, type Stopwatch } from './stopwatch.js';

/** Cost of one rule. */
export class RuleCost {
  /** Evaluations of its header; of its conditions; times all of them held; alerts. */
  readonly header: Cell = newCell();
  checks = 0;
  matches = 0;
  alerts = 0;
  readonly keywords = new Map<string, Cell>();

  constructor(readonly number: number) {}

  cell(keyword: string): Cell {
    let cell = this.keywords.get(keyword);
    if (!cell) {
      cell = newCell();
      this.keywords.set(keyword, cell);
    }
    return cell;
  }
}

export class ProfilingWatch implements ConditionWatch {
  constructor(
    private readonly cost: RuleCost,
    private readonly stopwatch: Stopwatch,
  ) {}

  condition(match: Match, test: Test): Test {
    return this.measure(match.kind, test);
  }

  step(match: Match, step: Step): Step {
    // The following steps are a nested span: their time is not counted twice.
    return next => this.measure(match.kind, step(next));
  }

  buffer(_: readonly Match[], test: Test): Test {
    return test;
  }

  transaction(what: Match | BufferConditions, _: Protocol, test: TransactionTest): TransactionTest {
    const cell = this.cost.cell('buffer' in what ? String(what.buffer) : String(what.keyword ?? what.kind));
    const { stopwatch } = this;
    return (at, visible) => {
      stopwatch.enter(cell);
      const holds = test(at, visible);
      stopwatch.leave();
      return holds;
    };
  }

  private measure(keyword: string, test: Test): Test {
    const cell = this.cost.cell(keyword);
    const { stopwatch } = this;
    return at => {
      stopwatch.enter(cell);
      const holds = test(at);
      stopwatch.leave();
      return holds;
    };
  }
}
