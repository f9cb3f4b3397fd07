/**
 * The order in which signatures are evaluated and alerts are processed: by action, then writers of flowbits, flowints,
 * hostbits and xbits before their readers, then by priority, then by sid.
 */
import type { Action, Match, Signature } from '../signature.js';

/** Suricata's default `action-order`. */
export const DEFAULT_ACTION_ORDER: readonly string[] = ['pass', 'drop', 'reject', 'alert'];

/** Variables whose writers go first, most significant first. */
const VARIABLES = ['flowbits', 'flowint', 'hostbits', 'xbits'];

const FIREWALL = -1;
const WRITES = 0;
const READS_AND_WRITES = 1;
const READS = 2;
const NEITHER = 3;

/** Sort key of a signature: numbers for `compare`. */
export function orderOf(signature: Signature, actionOrder = DEFAULT_ACTION_ORDER): number[] {
  // Firewall rules come first, in file order.
  if (signature.firewall) return [FIREWALL, signature.index];
  const rank = actionOrder.indexOf(actionFamily(signature.action));
  return [
    rank < 0 ? actionOrder.length : rank,
    ...VARIABLES.map(kind => useOf(signature, kind)),
    signature.priority,
    signature.sid,
  ];
}

/** `action-order` has four actions; all forms of reject are one, and `config` neither alerts nor drops. */
function actionFamily(action: Action): string {
  if (action.startsWith('reject')) return 'reject';
  return action === 'config' ? 'alert' : action;
}

function useOf(signature: Signature, kind: string): number {
  const is = (match: Match) => match.kind === kind;
  const reads = signature.conditions.some(is);
  const writes = signature.effects.some(is);
  if (reads) return writes ? READS_AND_WRITES : READS;
  return writes ? WRITES : NEITHER;
}

export function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
