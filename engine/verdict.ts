/**
 * Whether and why a packet was dropped: the reason is stored in the row (`Packet.REASON`) and logged in EVE `drop` and
 * `verdict` records.
 */
import { VERDICT_DROP, VERDICT_REJECT_BOTH } from './packet.js';

/** Whether a verdict (`Packet.VERDICT`) drops the packet, with or without a reject. */
export function isDrop(verdict: number): boolean {
  return verdict >= VERDICT_DROP && verdict <= VERDICT_REJECT_BOTH;
}

export const REASON_NONE = 0;
export const REASON_DECODE_ERROR = 1;
export const REASON_DEFRAG_ERROR = 2;
export const REASON_DEFRAG_MEMCAP = 3;
export const REASON_FLOW_MEMCAP = 4;
export const REASON_FLOW_DROP = 5;
export const REASON_STREAM_ERROR = 6;
export const REASON_STREAM_MEMCAP = 7;
export const REASON_STREAM_MIDSTREAM = 8;
export const REASON_STREAM_REASSEMBLY = 9;
export const REASON_STREAM_URGENT = 10;
export const REASON_APPLAYER_ERROR = 11;
export const REASON_APPLAYER_MEMCAP = 12;
export const REASON_RULES = 13;
export const REASON_RULES_THRESHOLD = 14;
export const REASON_TUNNEL_PACKET_DROP = 15;
export const REASON_NFQ_ERROR = 16;
export const REASON_DEFAULT_PACKET_POLICY = 17;
export const REASON_DEFAULT_APP_POLICY = 18;
export const REASON_STREAM_PRE_HOOK = 19;
export const REASON_FLOW_PRE_HOOK = 20;
/** The packet waited longer than `nfq.verdict-budget` allows. */
export const REASON_VERDICT_BUDGET = 21;
export const REASON_FIREWALL_RULES = 22;
/** An exception policy dropped the flow before. */
export const REASON_EXCEPTION_FLOW_DROP = 23;

/** Texts of the reasons, as worded in Suricata's EVE `drop.reason`. */
export const REASON_NAMES: readonly string[] = [
  '',
  'decode error',
  'defrag error',
  'defrag memcap',
  'flow memcap',
  'flow drop',
  'stream error',
  'stream memcap',
  'stream midstream',
  'stream reassembly',
  'stream urgent',
  'applayer error',
  'applayer memcap',
  'rules',
  'threshold detection_filter',
  'tunnel packet drop',
  'nfq error',
  'firewall default packet policy',
  'firewall default app policy',
  'firewall pre stream hook',
  'firewall pre flow hook',
  'verdict budget',
  'firewall rules',
  'exception policy flow drop',
];

/** The firewall dropped the packet, not threat detection nor the engine itself. */
export function isFirewallReason(reason: number): boolean {
  return (
    (reason >= REASON_DEFAULT_PACKET_POLICY && reason <= REASON_FLOW_PRE_HOOK) ||
    reason === REASON_FIREWALL_RULES
  );
}

/** A signature or policy dropped the packet: detection logs it. */
export function isLoggedByDetection(reason: number): boolean {
  return reason === REASON_RULES || reason === REASON_RULES_THRESHOLD || isFirewallReason(reason);
}
