/** TCP states of a session as seen from the middle (RFC 9293 section 3.3.2), as kept in `FlowRecord.TCP_STATE`. */

export const NONE = 0;
export const SYN_SENT = 1;
export const SYN_RECV = 2;
export const ESTABLISHED = 3;
export const FIN_WAIT1 = 4;
export const FIN_WAIT2 = 5;
export const TIME_WAIT = 6;
export const LAST_ACK = 7;
export const CLOSE_WAIT = 8;
export const CLOSING = 9;
export const CLOSED = 10;

/** Names in EVE and in counters, by number. */
export const STATE_NAMES: readonly string[] = [
  'none',
  'syn_sent',
  'syn_recv',
  'established',
  'fin_wait1',
  'fin_wait2',
  'time_wait',
  'last_ack',
  'close_wait',
  'closing',
  'closed',
];
