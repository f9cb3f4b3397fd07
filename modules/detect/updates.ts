/** Transaction updates of a batch: each is inspected with its packet. */

import type { ApplicationLayer, TransactionUpdate } from '../../engine/application-layer.js';
import { Frame } from '../../engine/frames/frame.js';
import * as Traits from '../../signatures/compile/traits.js';
import type { Subject } from './alert-queue.js';
import type { Candidates } from './candidates.js';
import type { DetectionParts } from './detection-parts.js';
import type { CurrentSubjects } from './evaluation.js';
import type { TransactionInspection } from './transaction-inspection.js';
import type { TransactionPlan } from './transaction-plan.js';

export class Updates implements CurrentSubjects {
  private next = 0;

  /** The first update that was neither inspected nor skipped. */
  get position(): number {
    return this.next;
  }

  constructor(
    private readonly parts: DetectionParts,
    private readonly candidates: Candidates,
    private readonly layer: ApplicationLayer,
    private readonly plan: TransactionPlan,
    private readonly transactions: TransactionInspection,
  ) {}

  private get updates(): readonly TransactionUpdate[] {
    return this.layer.updates;
  }

  /** Scans the updates of a batch. */
  begin(): void {
    this.next = 0;
    this.plan.run(this.updates);
  }

  currentSubject(slot: number, toServer: boolean): Subject | undefined {
    const { updates } = this;
    for (let u = this.next; u < updates.length && updates[u]!.slot === slot; u++) {
      if (updates[u]!.toServer === toServer && !(updates[u]!.transaction instanceof Frame))
        return subjectOf(updates[u]!);
    }
    return toServer
      ? this.parts.currentFlow.state?.subjectToServer
      : this.parts.currentFlow.state?.subjectToClient;
  }

  /** A transaction that is complete in its direction is no longer the current one. */
  private updateSubject(update: TransactionUpdate): void {
    const { facts, currentFlow } = this.parts;
    const subject = update.complete ? undefined : subjectOf(update);
    if (facts.flow < 0 || (!subject && !currentFlow.state)) return;
    const state = currentFlow.stateOfFlow();
    if (update.toServer) state.subjectToServer = subject;
    else state.subjectToClient = subject;
  }

  inspect(slot: number): void {
    const { updates } = this;
    while (this.next < updates.length && updates[this.next]!.slot === slot) this.update(this.next++);
  }

  skip(slot: number): void {
    const { updates } = this;
    while (this.next < updates.length && updates[this.next]!.slot === slot) this.next++;
  }

  private update(u: number): void {
    const update = this.updates[u]!;
    const { facts, at } = this.parts;
    if (facts.toServer !== update.toServer) facts.setDirection(update.toServer);
    at.toServer = update.toServer;
    this.useProtocolOf(update);
    const { found, starts } = this.plan;
    if (!(update.transaction instanceof Frame)) this.updateSubject(update);
    this.parts.unlogged.addIfResponse(at.flow, update.transaction);
    const state = this.plan.stateOf(update);
    this.transactions.inspect(
      update,
      state,
      found,
      starts.values[u]!,
      starts.values[u + 1]!,
      this.candidates.foundInPayload(update.toServer),
    );
  }

  /** A transaction belongs to the protocol it was parsed as, even if the flow has changed to another since. */
  private useProtocolOf({ session, transaction }: TransactionUpdate): void {
    const { protocols } = this.layer;
    const { currentFlow, header, applications, facts } = this.parts;
    const protocol = transaction instanceof Frame ? transaction.protocol : session.protocol;
    if (protocols[currentFlow.application - 1] === protocol) return;
    facts.setApplicationKnown();
    currentFlow.application = protocols.indexOf(protocol) + 1;
    header.application = applications[currentFlow.application]!;
  }

  /** When a transaction completes, the stream of its direction is inspected at once. */
  flushStreams(slot: number): void {
    const { updates } = this;
    const { currentFlow, facts } = this.parts;
    const { state } = currentFlow;
    if (!state || facts.transport !== Traits.TCP) return;
    for (let u = this.next; u < updates.length && updates[u]!.slot === slot; u++) {
      const { complete, toServer, session } = updates[u]!;
      if (complete && session.protocol.flushesStreams !== false) state.stream(toServer).flush = true;
    }
  }
}

function subjectOf(update: TransactionUpdate): Subject {
  return { protocol: update.session.protocol, transaction: update.transaction };
}
