/** What a condition on a transaction saw. */
import type { Protocol } from '../../engine/protocol.js';
import type { VisibleTransaction } from '../condition-watch.js';
import type { Inspection } from '../inspection.js';
import type { Match } from '../signature.js';

/** @returns a clause to append after "…: " */
export function seenInTransaction(
  match: Match,
  protocol: Protocol,
  at: Inspection,
  visible: VisibleTransaction,
): string {
  const transaction = at.transaction!;
  if (match.kind === 'transaction-event') {
    const names = transaction.events.slice(0, visible.events).map(event => protocol.events[event]);
    return names.length === 0 ? 'the transaction has no events' : `the transaction has ${names.join(', ')}`;
  }
  if (match.kind !== 'protocol-value') return 'the transaction does not match';
  const keyword = String(match['keyword']);
  const value = protocol.values.find(each => each.keyword === keyword || each.aliases?.includes(keyword));
  const values = value?.get(transaction, visible.toServer) ?? [];
  return values.length === 0 ? 'the transaction has no such value' : `it is ${values.join(', ')}`;
}
