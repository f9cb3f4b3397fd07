/** Applies firewall decisions to a packet, for rules and policies alike. */
import { dropFlow, sidesReset } from '../../../engine/flow/flow-decision.js';
import * as Flow from '../../../engine/flow/flow-record.js';
import * as Packet from '../../../engine/packet.js';
import { REASON_FIREWALL_RULES } from '../../../engine/verdict.js';
import { signatureAt } from '../../../signatures/compile/image.js';
import type { Policy } from '../../../signatures/firewall/policies.js';
import type { FirewallTable } from '../../../signatures/firewall/tables.js';
import { MATCH_DROPS, MATCH_TRANSACTION, type Subject } from '../alert-queue.js';
import type { DetectionParts } from '../detection-parts.js';

/** Bits of `FlowRecord.DETECT_FLAGS`: the firewall accepted the flow; threat detection passes it; encrypted. */
export const FLOW_ACCEPTED = 1 << 2;
export const FLOW_PASSED = 1 << 3;
export const FLOW_ENCRYPTED = 1 << 5;
/** Further bits: data was refused, to the server, to the client. */
const REFUSED_TO_SERVER = 1 << 6;
const REFUSED_TO_CLIENT = 1 << 7;
const DROP_AGAIN: Policy = { action: 'drop', scope: 'packet', alert: false };

/** Result: go to the next hook; skip the rest of this transaction; of this packet; the packet is dropped. */
export const NEXT = 0;
export const TRANSACTION_ACCEPTED = 1;
export const PACKET_ACCEPTED = 2;
export const DROPPED = 3;

export class Decisions {
  /** The current packet was dropped by the firewall. */
  dropped = false;
  /** The signature reported with the drop, -1 for none. */
  droppedBy = -1;
  /** Threat detection does not inspect the current packet. */
  passed = false;
  /** Received packet that a drop applies to. */
  wire = 0;
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly policies: (Policy | undefined)[] = [];

  constructor(
    private readonly parts: DetectionParts,
    private readonly discarded: () => void,
  ) {
    this.row = parts.thread.memory.row;
    this.flows = parts.thread.flows.row;
  }

  begin(wire: number): void {
    this.dropped = false;
    this.droppedBy = -1;
    this.passed = false;
    this.wire = wire;
  }

  /** The action of a rule. */
  policyOfRule(signature: number): Policy {
    let policy = this.policies[signature];
    if (!policy) {
      policy = this.read(signature);
      this.policies[signature] = policy;
    }
    return policy;
  }

  private read(signature: number): Policy {
    const { action, scope, alertToo = false, passToo } = signatureAt(this.parts.image, signature);
    return {
      action: action as Policy['action'],
      scope: scope!,
      alert: alertToo,
      ...(passToo && { pass: passToo }),
    };
  }

  /**
   * Applies an action.
   * @param signature reported in its alert  @param reason of a drop  @param subject the transaction, at its hooks
   * @returns one of the results above
   */
  apply(
    policy: Policy,
    table: FirewallTable,
    signature: number,
    reason: number,
    subject: Subject | undefined,
  ): number {
    const drops = policy.action !== 'accept';
    if (policy.alert) this.alert(table, signature, subject, drops);
    if (drops) return this.drop(policy, policy.alert ? signature : -1, reason);
    if (policy.pass !== undefined) this.pass(policy.pass);
    if (policy.scope === 'flow') this.acceptFlow();
    if (policy.scope === 'hook') return NEXT;
    return policy.scope === 'tx' ? TRANSACTION_ACCEPTED : PACKET_ACCEPTED;
  }

  private alert(
    { hook }: FirewallTable,
    signature: number,
    subject: Subject | undefined,
    drops: boolean,
  ): void {
    const { queue, at } = this.parts;
    const flags = (subject ? MATCH_TRANSACTION : 0) | (drops ? MATCH_DROPS : 0);
    const added = queue.add(
      signature,
      subject,
      flags,
      at.toServer,
      '"engine":"fw"',
      `"firewall":{"hook":"${hook}"}`,
    );
    if (!added) this.discarded();
  }

  private acceptFlow(): void {
    const { flow, f } = this.parts.facts;
    if (flow < 0) return;
    this.flows[f + Flow.DETECT_FLAGS]! |= FLOW_ACCEPTED;
    if (this.flows[f + Flow.ACTION] === Flow.ACTION_NONE) this.flows[f + Flow.ACTION] = Flow.ACTION_ACCEPT;
  }

  private pass(scope: string): void {
    const { flow, f } = this.parts.facts;
    this.passed = true;
    if (scope === 'flow' && flow >= 0) this.flows[f + Flow.DETECT_FLAGS]! |= FLOW_PASSED;
  }

  private drop({ action, scope }: Policy, signature: number, reason: number): number {
    const { row } = this;
    const { flow, p } = this.parts.facts;
    const w = this.wire * Packet.INTS;
    for (const place of p === w ? [p] : [p, w]) {
      row[place + Packet.VERDICT] = action === 'reject' ? Packet.VERDICT_REJECT : Packet.VERDICT_DROP;
      row[place + Packet.REASON] = reason;
    }
    if (scope === 'flow') dropFlow(row, this.flows, p, flow, reason);
    this.dropped = true;
    this.droppedBy = signature;
    return DROPPED;
  }

  /** The current packet was dropped for TCP data, which counts as seen: its retransmission causes no updates. */
  refuseData(): void {
    const { flow, f, p } = this.parts.facts;
    if (flow >= 0) this.flows[f + Flow.DETECT_FLAGS]! |= this.refusedBit | sidesReset(this.row, p);
  }

  /** Data of this direction was refused: later data is useless to its receiver. */
  get refusesData(): boolean {
    return this.flowHas(this.refusedBit);
  }

  dropAgain(): number {
    return this.drop(DROP_AGAIN, -1, REASON_FIREWALL_RULES);
  }

  private get refusedBit(): number {
    return this.parts.facts.toServer ? REFUSED_TO_SERVER : REFUSED_TO_CLIENT;
  }

  /** The firewall has accepted the flow of the current packet. */
  get flowAccepted(): boolean {
    return this.flowHas(FLOW_ACCEPTED);
  }

  /** Threat detection is finished with the current packet, or with its flow. */
  get passes(): boolean {
    const { flow, f } = this.parts.facts;
    return (
      this.passed ||
      this.flowHas(FLOW_PASSED) ||
      (flow >= 0 && this.flows[f + Flow.ACTION] === Flow.ACTION_PASS)
    );
  }

  private flowHas(bit: number): boolean {
    const { flow, f } = this.parts.facts;
    return flow >= 0 && (this.flows[f + Flow.DETECT_FLAGS]! & bit) !== 0;
  }
}
