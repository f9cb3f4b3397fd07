/** Events of protocol recognition: bits of a packet's row, numbered after those of decoder and stream. */
export const FIRST_APPLICATION_EVENT = 240;
export const APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS = 240;
export const APPLAYER_WRONG_DIRECTION_FIRST_DATA = 241;
export const APPLAYER_DETECT_PROTOCOL_ONLY_ONE_DIRECTION = 242;
export const APPLAYER_PROTO_DETECTION_SKIPPED = 243;
export const APPLAYER_NO_TLS_AFTER_STARTTLS = 244;
export const APPLAYER_UNEXPECTED_PROTOCOL = 245;

/** Names as `app-layer-event:` and EVE's `anomaly.event` use them, in order of their numbers. */
export const APPLICATION_EVENT_NAMES: readonly string[] = [
  'applayer_mismatch_protocol_both_directions',
  'applayer_wrong_direction_first_data',
  'applayer_detect_protocol_only_one_direction',
  'applayer_proto_detection_skipped',
  'applayer_no_tls_after_starttls',
  'applayer_unexpected_protocol',
];

export function isApplicationEvent(event: number): boolean {
  return event >= FIRST_APPLICATION_EVENT;
}

export function applicationEventName(event: number): string {
  return APPLICATION_EVENT_NAMES[event - FIRST_APPLICATION_EVENT] ?? 'unknown';
}
