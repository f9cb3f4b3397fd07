/** Counters of verdicts, and of drops by reason, under Suricata's names. */
import type { Counters } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import * as Reason from '../../engine/verdict.js';

/** Verdicts counted at one place: by the firewall, or by everything after it. */
class VerdictGroup {
  private readonly accepted: number;
  private readonly blocked: number;
  private readonly rejected: number;
  private readonly replaced: number;

  constructor(
    private readonly counters: Counters,
    group: string,
    /** By number of the reason; -1 for those not in this group. */
    private readonly reasons: readonly number[],
  ) {
    this.accepted = counters.declare(`${group}.accepted`);
    this.blocked = counters.declare(`${group}.blocked`);
    this.rejected = counters.declare(`${group}.rejected`);
    this.replaced = group === 'ips' ? counters.declare('ips.replaced') : this.accepted;
  }

  drop(verdict: number, reason: number): void {
    const { values } = this.counters;
    values[verdict === Packet.VERDICT_DROP ? this.blocked : this.rejected]!++;
    const index = this.reasons[reason];
    if (index !== undefined && index >= 0) values[index]!++;
  }

  accept(modified: boolean): void {
    this.counters.values[modified ? this.replaced : this.accepted]!++;
  }
}

export class VerdictCounters {
  private readonly ips: VerdictGroup;
  private readonly firewall: VerdictGroup | undefined;

  /** @param firewall whether there is one: nothing after it sees what it drops */
  constructor(counters: Counters, firewall: boolean) {
    this.ips = new VerdictGroup(counters, 'ips', ipsReasons(counters));
    this.firewall = firewall ? new VerdictGroup(counters, 'firewall', firewallReasons(counters)) : undefined;
  }

  /** @param flowReason why the flow of the packet was dropped, when it was */
  count(verdict: number, reason: number, modified: boolean, flowReason: number): void {
    const drops = Reason.isDrop(verdict);
    if (this.firewall) {
      const first = reason === Reason.REASON_FLOW_DROP ? flowReason : reason;
      if (drops && Reason.isFirewallReason(first)) {
        this.firewall.drop(verdict, reason);
        return;
      }
      this.firewall.accept(false);
    }
    if (drops) this.ips.drop(verdict, reason);
    else this.ips.accept(modified);
  }
}

function ipsReasons(counters: Counters): number[] {
  return Reason.REASON_NAMES.map((name, reason) =>
    name === '' || Reason.isFirewallReason(reason)
      ? -1
      : counters.declare(`ips.drop_reason.${counterName(name)}`),
  );
}

/** Reasons of the firewall, and the packets of flows that it dropped. */
const FIREWALL_REASONS: Readonly<Record<number, string>> = {
  [Reason.REASON_FIREWALL_RULES]: 'rules',
  [Reason.REASON_DEFAULT_PACKET_POLICY]: 'default_packet_policy',
  [Reason.REASON_DEFAULT_APP_POLICY]: 'default_app_policy',
  [Reason.REASON_STREAM_PRE_HOOK]: 'pre_stream_hook',
  [Reason.REASON_FLOW_PRE_HOOK]: 'pre_flow_hook',
  [Reason.REASON_FLOW_DROP]: 'flow_drop',
};

function firewallReasons(counters: Counters): number[] {
  return Reason.REASON_NAMES.map((_, reason) => {
    const name = FIREWALL_REASONS[reason];
    return name === undefined ? -1 : counters.declare(`firewall.drop_reason.${name}`);
  });
}

function counterName(reason: string): string {
  return reason.replace(/[ -]/g, '_');
}
