/** The rules of a firewall that look at packets: the first that matches decides, or else the policy. */
import { REASON_DEFAULT_PACKET_POLICY, REASON_FIREWALL_RULES } from '../../../engine/verdict.js';
import type { FirewallTable } from '../../../signatures/firewall/tables.js';
import type { DetectionParts } from '../detection-parts.js';
import type { Evaluation } from '../evaluation.js';
import type { Decisions } from './decision.js';

export class PacketTable {
  /** @param policySignature that its policy alerts under */
  constructor(
    private readonly parts: DetectionParts,
    private readonly evaluation: Evaluation,
    private readonly decisions: Decisions,
    private readonly table: FirewallTable,
    private readonly policySignature: number,
  ) {}

  /** Judges the packet in hand. @returns what comes next: a constant of `decision.ts` */
  judge(): number {
    const { table, decisions } = this;
    const { rules } = table;
    for (let i = 0; i < rules.length; i++) {
      const signature = rules[i]!;
      if (!this.evaluation.holdsOnPacket(signature)) continue;
      this.evaluation.takeEffect(this.parts.rules.at(signature));
      return decisions.apply(decisions.ofRule(signature), table, signature, REASON_FIREWALL_RULES, undefined);
    }
    return decisions.apply(
      table.policy,
      table,
      this.policySignature,
      REASON_DEFAULT_PACKET_POLICY,
      undefined,
    );
  }
}
