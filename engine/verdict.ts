/** Why a packet was dropped: kept in the row (`Packet.REASON`), told in EVE `drop` and `verdict` records. */

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

/** Texts of the reasons, as Suricata's EVE `drop.reason` words them. */
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
  'default packet policy',
  'default app policy',
  'stream pre-hook',
  'flow pre-hook',
  'verdict budget',
];
