/** Firewall rules on packets: the first match decides, else the policy. */
import { REASON_DEFAULT_PACKET_POLICY, REASON_FIREWALL_RULES } from '../../../engine/verdict.js';
import type { FirewallTable } from '../../../signatures/firewall/tables.js';
import type { DetectionParts } from '../detection-parts.js';
import type { Evaluation } from '../evaluation.js';
import type { Decisions } from './decision.js';

export class PacketTable {
  /**
   * @param policySignature reported in alerts of its policy
   * @param ruleReason drop reason of a rule, and of the policy: constants of `engine/verdict.ts`
   */
  constructor(
    private readonly parts: DetectionParts,
    private readonly evaluation: Evaluation,
    private readonly decisions: Decisions,
    private readonly table: FirewallTable,
    private readonly policySignature: number,
    private readonly ruleReason = REASON_FIREWALL_RULES,
    private readonly policyReason = REASON_DEFAULT_PACKET_POLICY,
  ) {}

  /** Evaluates the current packet. @returns a result constant of `decision.ts` */
  evaluate(): number {
    const { table, decisions } = this;
    const { rules } = table;
    for (let i = 0; i < rules.length; i++) {
      const signature = rules[i]!;
      if (!this.evaluation.holdsOnPacket(signature)) continue;
      this.evaluation.applyEffects(this.parts.rules.at(signature));
      return decisions.apply(decisions.policyOfRule(signature), table, signature, this.ruleReason, undefined);
    }
    return decisions.apply(table.policy, table, this.policySignature, this.policyReason, undefined);
  }
}
