/** Counters of verdicts, and of drops by reason, under Suricata's names. */
import type { Counters } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { REASON_NAMES } from '../../engine/verdict.js';

export class VerdictCounters {
  private readonly accepted: number;
  private readonly blocked: number;
  private readonly rejected: number;
  private readonly replaced: number;
  /** By number of the reason. */
  private readonly reasons: readonly number[];

  constructor(private readonly counters: Counters) {
    this.accepted = counters.declare('ips.accepted');
    this.blocked = counters.declare('ips.blocked');
    this.rejected = counters.declare('ips.rejected');
    this.replaced = counters.declare('ips.replaced');
    this.reasons = REASON_NAMES.map(name =>
      name === '' ? -1 : counters.declare(`ips.drop_reason.${counterName(name)}`),
    );
  }

  count(verdict: number, reason: number, modified: boolean): void {
    const { values } = this.counters;
    if (verdict === Packet.VERDICT_DROP) {
      values[this.blocked]!++;
    } else if (verdict >= Packet.VERDICT_REJECT && verdict <= Packet.VERDICT_REJECT_BOTH) {
      values[this.rejected]!++;
    } else {
      values[modified ? this.replaced : this.accepted]!++;
      return;
    }
    const index = this.reasons[reason];
    if (index !== undefined && index >= 0) values[index]!++;
  }
}

function counterName(reason: string): string {
  return reason.replace(/[ -]/g, '_');
}
