/** Second pass over transactions: evaluates the candidates of one update. */

import type { TransactionUpdate } from '../../engine/application-layer.js';
import { filesOf } from '../../engine/files/tracked-file.js';
import type { Protocol } from '../../engine/protocol.js';
import * as Header from '../../signatures/compile/header.js';
import type { ApplicationRules, RuleSetImage } from '../../signatures/compile/image.js';
import type { Inspection } from '../../signatures/inspection.js';
import type { RuleLanguage } from '../../signatures/language.js';
import type { Subject } from './alert-queue.js';
import { NumberList } from './number-list.js';
import { allHold, type Rule, type Rules } from './rule.js';
import {
  type TransactionCondition,
  transactionConditions,
  type VisibleProgress,
} from './transaction-rule.js';
import type { DirectionState, TransactionState } from './transaction-state.js';

/** Callbacks of the transaction inspection to its owner. */
export interface TransactionEvaluator {
  /** Whether header and other conditions of a signature hold for the current packet. */
  admits(signature: number): boolean;
  /** Whether they may hold for a later packet of its flow. */
  mayAdmit(signature: number): boolean;
  /** Whether the payload conditions of a transaction signature hold. */
  payloadHolds(rule: Rule): boolean;
  matched(rule: Rule, subject: Subject): void;
}

/** Conditions met are bits of one number: those beyond it are evaluated again. */
const MAX_TRACKED_CONDITIONS = 31;
const bitOf = (condition: number): number => (condition < MAX_TRACKED_CONDITIONS ? 1 << condition : 0);

const FAILED = 0;
const WAITS = 1;
const MATCHED = 2;

/** Candidates are signature numbers times two, plus one for those without a pattern. */
const WITHOUT_PATTERN = 1;

export class TransactionInspection {
  private readonly candidates = new NumberList();
  private readonly visible: VisibleProgress = {
    toServer: true,
    progress: 0,
    events: 0,
    bodyLength: -1,
    complete: false,
  };
  /** The same of the other direction, as far as it was reported. */
  private readonly other: VisibleProgress = {
    toServer: false,
    progress: 0,
    events: 0,
    bodyLength: -1,
    complete: true,
  };
  private readonly conditions = new Map<Protocol, (readonly TransactionCondition[] | null)[]>();
  private satisfied = 0;

  constructor(
    private readonly image: RuleSetImage,
    private readonly rules: Rules,
    private readonly language: RuleLanguage,
    private readonly at: Inspection,
    private readonly evaluator: TransactionEvaluator,
  ) {}

  /**
   * @param found candidates; `[from, to)` are those found by the scan of this update
   * @param inPayload those whose pattern was found in the payload
   */
  inspect(
    update: TransactionUpdate,
    state: TransactionState,
    found: NumberList,
    from: number,
    to: number,
    inPayload: NumberList,
  ): void {
    const rules = this.image.applications[update.session.protocol.name]?.[update.toServer ? 0 : 1];
    if (!rules) return;
    this.loadVisible(update);
    state.direction(update.toServer).progress = update.progress;
    const { candidates } = this;
    candidates.clear();
    for (let i = from; i < to; i++) candidates.push(found.values[i]! * 2);
    for (let i = 0; i < inPayload.length; i++) candidates.push(inPayload.values[i]! * 2);
    this.addWithoutPattern(update, state.direction(update.toServer), rules);
    candidates.sortUnique();
    if (state.waiting.length > 0) this.inspectWaiting(update, state);
    if (state.matchedFiles.length > 0) this.inspectNewFiles(update, state);
    for (let i = 0; i < candidates.length; i++) this.inspectNew(update, state, candidates.values[i]!);
  }

  private loadVisible(update: TransactionUpdate): void {
    const { visible } = this;
    visible.toServer = update.toServer;
    visible.progress = update.progress;
    visible.events = update.events;
    visible.bodyLength = update.bodyLength;
    visible.complete = update.complete;
    this.at.transaction = update.transaction;
    this.at.toServer = update.toServer;
  }

  private addWithoutPattern(
    { events }: TransactionUpdate,
    direction: DirectionState,
    rules: ApplicationRules,
  ): void {
    if (direction.refused && direction.refused.length > 0) {
      for (const signature of direction.refused) this.candidates.push(signature * 2 + WITHOUT_PATTERN);
      direction.refused.length = 0;
    }
    if (!direction.begun) {
      direction.begun = true;
      this.addEach(rules.always);
    }
    if (events > direction.events) {
      direction.events = events;
      this.addEach(rules.events);
    }
  }

  private addEach(signatures: Uint32Array): void {
    for (let i = 0; i < signatures.length; i++) this.candidates.push(signatures[i]! * 2 + WITHOUT_PATTERN);
  }

  private inspectWaiting(update: TransactionUpdate, state: TransactionState): void {
    const { waiting } = state;
    let kept = 0;
    for (let i = 0; i < waiting.length; i++) {
      const each = waiting[i]!;
      const concerned = each.both || each.toServer === update.toServer;
      this.satisfied = each.satisfied;
      const result = concerned ? this.evaluate(update, state, each.signature) : WAITS;
      if (concerned) each.satisfied = this.satisfied;
      if (result === WAITS) waiting[kept++] = each;
    }
    waiting.length = kept;
  }

  private inspectNew(update: TransactionUpdate, state: TransactionState, candidate: number): void {
    const signature = candidate >> 1;
    const key = signature * 2 + (update.toServer ? 0 : 1);
    if (state.matched.includes(key) || isWaiting(state, signature, update.toServer)) return;
    if (!this.evaluator.admits(signature)) {
      if ((candidate & WITHOUT_PATTERN) !== 0) this.refuse(state.direction(update.toServer), signature);
      return;
    }
    this.satisfied = 0;
    if (this.evaluate(update, state, signature) !== WAITS) return;
    const both =
      (this.image.header[signature * Header.INTS + Header.OPTIONS]! & Header.OPTION_TRANSACTIONAL) !== 0;
    state.waiting.push({ signature, toServer: update.toServer, both, satisfied: this.satisfied });
  }

  /**
   * Remembers a refused signature: a flowbit may be set by later data, and the result must not depend on segmentation.
   */
  private refuse(direction: DirectionState, signature: number): void {
    if (!this.evaluator.mayAdmit(signature)) return;
    direction.refused ??= [];
    direction.refused.push(signature);
  }

  private evaluate(update: TransactionUpdate, state: TransactionState, signature: number): number {
    const rule = this.rules.at(signature);
    const conditions = this.conditionsFor(rule, update.session.protocol);
    if (!conditions) return FAILED;
    this.at.signature = signature;
    const result = this.test(conditions, rule, state);
    if (result !== MATCHED) return result;
    this.evaluator.matched(rule, { protocol: update.session.protocol, transaction: update.transaction });
    if (rule.signature.hook !== undefined && conditions.length === 1 && this.isAtHook(conditions[0]!)) {
      this.satisfied = 0;
      return WAITS;
    }
    state.matched.push(signature * 2 + (update.toServer ? 0 : 1));
    if (isAboutFiles(rule)) this.noteFiles(update, state, signature);
    return MATCHED;
  }

  private noteFiles(
    { transaction, toServer }: TransactionUpdate,
    state: TransactionState,
    signature: number,
  ): void {
    const files = filesOf(transaction, toServer).length;
    state.matchedFiles = [...state.matchedFiles, { signature, toServer, files }];
  }

  /** Files that began after a match are inspected separately. */
  private inspectNewFiles(update: TransactionUpdate, state: TransactionState): void {
    const { transaction, toServer } = update;
    const files = filesOf(transaction, toServer).length;
    for (const each of state.matchedFiles) {
      if (each.toServer !== toServer || each.files >= files) continue;
      transaction.skippedFiles = each.files;
      if (this.matchesAgain(update, state, each.signature)) each.files = files;
      transaction.skippedFiles = 0;
    }
  }

  private matchesAgain(update: TransactionUpdate, state: TransactionState, signature: number): boolean {
    const rule = this.rules.at(signature);
    const conditions = this.conditionsFor(rule, update.session.protocol);
    if (!conditions || !this.evaluator.admits(signature)) return false;
    this.satisfied = 0;
    this.at.signature = signature;
    if (this.test(conditions, rule, state) !== MATCHED) return false;
    this.evaluator.matched(rule, { protocol: update.session.protocol, transaction: update.transaction });
    return true;
  }

  /** The transaction is still at a hook: a rule without other conditions matches with any update. */
  private isAtHook({ progress, growing }: TransactionCondition): boolean {
    const { visible } = this;
    return growing && progress > visible.progress && !visible.complete;
  }

  private test(conditions: readonly TransactionCondition[], rule: Rule, state: TransactionState): number {
    const { visible } = this;
    for (let i = 0; i < conditions.length; i++) {
      if ((this.satisfied & bitOf(i)) !== 0) continue;
      const condition = conditions[i]!;
      const here =
        condition.direction === 'either' || (condition.direction === 'to_server') === visible.toServer;
      if (!here && this.holdsInOther(condition, rule, state)) {
        this.satisfied |= bitOf(i);
        continue;
      }
      // Waits for data still to come, in this direction or the other.
      if (!here || (condition.progress > visible.progress && !visible.complete)) {
        if (condition.growing && here && visible.bodyLength >= 0 && condition.holds(this.at, visible))
          this.satisfied |= bitOf(i);
        else return WAITS;
        continue;
      }
      if (condition.holds(this.at, visible)) this.satisfied |= bitOf(i);
      else return condition.growing && !visible.complete ? WAITS : FAILED;
    }
    // Conditions on packets are evaluated with the packet that completes the rest, or a later one.
    const packetHolds = allHold(rule.headers, this.at);
    const holds = packetHolds && (rule.payload.length === 0 || this.evaluator.payloadHolds(rule));
    // Scripts may succeed later, with more data.
    if (holds && allHold(rule.scripts, this.at)) return MATCHED;
    return visible.complete ? FAILED : WAITS;
  }

  /** In a transactional rule, what was visible before in the other direction. */
  private holdsInOther(condition: TransactionCondition, rule: Rule, state: TransactionState): boolean {
    if (rule.signature.direction !== '=>') return false;
    const { other, visible } = this;
    other.toServer = !visible.toServer;
    other.progress = state.direction(other.toServer).progress;
    return condition.progress <= other.progress && condition.holds(this.at, other);
  }

  private conditionsFor(rule: Rule, protocol: Protocol): readonly TransactionCondition[] | undefined {
    let list = this.conditions.get(protocol);
    if (!list) {
      list = [];
      this.conditions.set(protocol, list);
    }
    let conditions = list[rule.number];
    if (conditions === undefined) {
      conditions = transactionConditions(rule, protocol, this.language, rule.environment) ?? null;
      list[rule.number] = conditions;
    }
    return conditions ?? undefined;
  }
}

/** Apart from contents: conditions on all files are one condition. */
function isAboutFiles({ onTransaction, onBuffers }: Rule): boolean {
  if (onBuffers.some(({ buffer }) => buffer === 'file.data')) return false;
  return (
    onTransaction.some(match => String(match['keyword']).startsWith('file')) ||
    onBuffers.some(({ buffer }) => buffer.startsWith('file.'))
  );
}

function isWaiting(state: TransactionState, signature: number, toServer: boolean): boolean {
  const { waiting } = state;
  for (let i = 0; i < waiting.length; i++) {
    if (waiting[i]!.signature === signature && (waiting[i]!.both || waiting[i]!.toServer === toServer))
      return true;
  }
  return false;
}
