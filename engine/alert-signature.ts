/**
 * What outputs need to know of a signature that alerted. Whoever compiles signatures offers them to the outputs as
 * `thread.shared[ALERT_SIGNATURES]`, by the index that events carry in `Packet.EVENT_SIGNATURE`.
 */

/** Name in `thread.shared`. */
export const ALERT_SIGNATURES = 'alertSignatures';

export interface AlertSignatures {
  /** @param index EVENT_SIGNATURE of an alert or drop event */
  at(index: number): AlertSignature;
}

export interface AlertSignature {
  readonly gid: number;
  readonly sid: number;
  readonly rev: number;
  readonly msg: string;
  readonly action:
    | 'alert'
    | 'pass'
    | 'drop'
    | 'reject'
    | 'rejectsrc'
    | 'rejectdst'
    | 'rejectboth'
    | 'config'
    | 'accept';
  readonly classtype?: string;
  /** Text of the classification, empty without one. */
  readonly category: string;
  /** EVE's severity. */
  readonly priority: number;
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  /** As shown to people: the prefix of the reference's type, then its value. */
  readonly references: readonly string[];
  readonly target?: 'src_ip' | 'dest_ip';
  /** The rule as written, on one line. */
  readonly text: string;
  /** `fw` for a rule of the firewall. */
  readonly engine?: string;
}
