/** Collects the evaluations of one signature while packets are inspected. */
import type { Transaction } from '../../engine/protocol.js';
import type { Inspection } from '../inspection.js';
import type { Condition } from './conditions.js';
import { BufferVisit, Evaluation, type Finding } from './evaluation.js';

type Sides<Subject> = { toServer?: Evaluation<Subject>; toClient?: Evaluation<Subject> };

export class EvaluationLog<Subject = unknown> {
  readonly evaluations: Evaluation<Subject>[] = [];
  /** Number of evaluations beyond the limit. */
  omitted = 0;
  private current: Evaluation<Subject> | undefined;
  private readonly ofTransactions = new WeakMap<Transaction, Sides<Subject>>();
  private readonly openVisits: BufferVisit[] = [];
  /** The visit of this transaction's buffer that got furthest. */
  private best: BufferVisit | undefined;
  private values = 0;

  /** @param conditions of the rule  @param most maximum number of evaluations kept */
  constructor(
    readonly conditions: readonly Condition[],
    private readonly most: number,
  ) {}

  /** The header matches: conditions will be evaluated. */
  begin(subject: Subject, { transaction, toServer }: Pick<Inspection, 'transaction' | 'toServer'>): void {
    const evaluation = new Evaluation(subject, this.conditions);
    this.current = evaluation;
    if (transaction) {
      evaluation.place = 'transaction';
      const sides = this.ofTransactions.get(transaction) ?? {};
      sides[toServer ? 'toServer' : 'toClient'] = evaluation;
      this.ofTransactions.set(transaction, sides);
    }
    if (this.evaluations.length < this.most) this.evaluations.push(evaluation);
    else this.omitted++;
  }

  /** All conditions hold. */
  matched(): void {
    if (this.current) this.current.matched = true;
  }

  /** A condition without a buffer was evaluated. */
  addFinding(condition: Condition, finding: Finding, at: Inspection): void {
    this.at(at).findings[condition.number] = finding;
  }

  // ── buffers ──

  enterBuffer(at: Inspection): void {
    const evaluation = this.at(at);
    if (!at.transaction && at.bytes !== at.memory.bytes) evaluation.place = 'stream';
    this.values++;
    this.openVisits.push(new BufferVisit());
  }

  /** The current visit; undefined outside of buffers. */
  get visit(): BufferVisit | undefined {
    return this.openVisits.at(-1);
  }

  leaveBuffer(numbers: readonly number[], held: boolean, at: Inspection): void {
    const visit = this.openVisits.pop()!;
    const outer = this.visit;
    if (outer) {
      // Findings of conditions on decoded data belong to the buffer it was decoded from.
      const findings: (Finding | undefined)[] = [];
      visit.writeResult(findings, numbers, held);
      for (const number of numbers) {
        const finding = findings[number];
        if (finding?.met) outer.addMatch(number, finding);
        else if (finding) outer.addFailure(number, finding);
      }
      return;
    }
    if (!held && this.best && this.best.furthest > visit.furthest) return;
    this.best = visit;
    visit.writeResult(this.at(at).findings, numbers, held);
  }

  // ── transactions ──

  /** A condition on a transaction is about to be evaluated. */
  enterTransaction(at: Inspection): void {
    this.at(at);
    this.values = 0;
    this.best = undefined;
  }

  /** Number of buffer values inspected so far. */
  get valuesSeen(): number {
    return this.values;
  }

  /** The evaluation of `at`. Transaction conditions may be evaluated over several packets. */
  private at({ transaction, toServer }: Inspection): Evaluation<Subject> {
    const sides = transaction && this.ofTransactions.get(transaction);
    if (!sides) this.best = undefined;
    else this.current = (toServer ? sides.toServer : sides.toClient) ?? sides.toServer ?? sides.toClient;
    return this.current!;
  }
}
