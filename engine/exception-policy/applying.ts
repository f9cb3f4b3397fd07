/** Applies exception policies to packets and their flows, and counts. */

import {
  type ExceptionTarget,
  engineMode,
  globalStats,
  type Policy,
  policyOf,
  TARGET_LIST,
} from '../exception-policy.js';
import { bypassFlow } from '../flow/flow-bypass.js';
import { sidesReset } from '../flow/flow-decision.js';
import * as FlowRecord from '../flow/flow-record.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';

/**
 * Declares counters of all policies of the target, so that statistics include zeros too.
 * @param group name prefix before that of the policy  @returns the counter of `policy`
 */
function declareCounters(thread: Thread, of: ExceptionTarget, policy: Policy, group: string): number {
  const known: Policy[] = of.hasFlow
    ? ['drop-flow', 'drop-packet', 'pass-flow', 'pass-packet', 'bypass', 'reject', 'reject-both']
    : ['drop-packet', 'pass-packet', 'reject', 'reject-both'];
  const declare = (name: Policy) => thread.counters.declare(`${group}.${name.replaceAll('-', '_')}`);
  for (const name of known) declare(name);
  return declare(policy);
}

/** Applies the policy of one target to packets, and counts. Created once per thread and target. */
export class ExceptionPolicy {
  readonly policy: Policy;
  private readonly counter: number;
  private readonly bit: number;
  private readonly inline: boolean;

  /** @param reason REASON_ constant of `verdict.ts` for packets that are dropped */
  constructor(
    private readonly thread: Thread,
    private readonly target: ExceptionTarget,
    private readonly reason: number,
    policy = policyOf(thread.config, target),
  ) {
    this.policy = policy;
    this.inline = thread.config.read(engineMode) === 'ips';
    this.bit = 1 << TARGET_LIST.indexOf(target);
    const counted = policy !== 'ignore' && thread.config.read(globalStats);
    this.counter = counted
      ? declareCounters(thread, target, policy, `exception_policy.${target.counter}`)
      : -1;
  }

  /** Declares counters of the policies under another name too, for more detailed statistics. */
  declareFor(thread: Thread, group: string): number {
    return declareCounters(thread, this.target, this.policy, group);
  }

  /** @param slot the packet that caused the exception  @param flow row of its flow, -1 without one */
  apply(slot: number, flow: number): void {
    if (this.policy !== 'pass-flow' && this.isPassed(flow)) return;
    if (flow >= 0) this.thread.flows.row[flow * FlowRecord.INTS + FlowRecord.EXCEPTIONS]! |= this.bit;
    if (this.policy === 'ignore') return;
    if (this.counter >= 0) this.thread.counters.values[this.counter]!++;
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    switch (this.policy) {
      case 'drop-flow':
        this.markFlow(flow, FlowRecord.FLAG_DROPPED);
        this.setVerdict(row, p, Packet.VERDICT_DROP);
        break;
      case 'drop-packet':
        this.setVerdict(row, p, Packet.VERDICT_DROP);
        break;
      case 'reject':
        this.setVerdict(row, p, Packet.VERDICT_REJECT);
        if (this.inline) this.markFlow(flow, FlowRecord.FLAG_DROPPED | sidesReset(row, p));
        break;
      case 'reject-both':
        this.setVerdict(row, p, Packet.VERDICT_REJECT_BOTH);
        if (this.inline) this.markFlow(flow, FlowRecord.FLAG_DROPPED | sidesReset(row, p));
        break;
      case 'pass-flow':
        this.markFlow(flow, FlowRecord.FLAG_PASSED);
        row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
        break;
      case 'pass-packet':
        row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
        break;
      case 'bypass':
        if (flow >= 0) bypassFlow(this.thread, flow);
        row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
        break;
    }
  }

  /** Another policy passed the flow: that applies until its end, even though its state is incomplete. */
  private isPassed(flow: number): boolean {
    if (flow < 0) return false;
    return (this.thread.flows.row[flow * FlowRecord.INTS + FlowRecord.FLAGS]! & FlowRecord.FLAG_PASSED) !== 0;
  }

  private setVerdict(row: Int32Array, p: number, verdict: number): void {
    row[p + Packet.VERDICT] = verdict;
    row[p + Packet.REASON] = this.reason;
    row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
  }

  private markFlow(flow: number, flag: number): void {
    if (flow < 0) return;
    this.thread.flows.row[flow * FlowRecord.INTS + FlowRecord.FLAGS]! |= flag;
  }
}
