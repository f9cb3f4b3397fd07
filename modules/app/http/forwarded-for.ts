/** The client address that a proxy reports in a header field such as X-Forwarded-For. */
import { parseAddress } from '../../../engine/address.js';
import { type ForwardedFor, forwardedForKey } from '../../../engine/record/forwarded-for.js';
import type { HttpTransaction } from './transaction.js';

/**
 * Member of alerts, transaction records and file records: `"xff":{…}`, with the addresses as the outputs are
 * configured; empty if there is none.
 */
export function forwardedForMember({ request, settings }: HttpTransaction): string {
  const members = settings.forwardedFor.flatMap(wanted => {
    const address = addressIn(request.headers?.text(wanted.header), wanted);
    return address === undefined ? [] : `"${forwardedForKey(wanted)}":"${address}"`;
  });
  return members.length === 0 ? '' : `"xff":{${members.join(',')}}`;
}

/** The relevant address in the field's value, or undefined. */
function addressIn(value: string | undefined, { deployment }: ForwardedFor): string | undefined {
  if (value === undefined) return undefined;
  const parts = value.split(',').map(part => part.trim());
  const wanted = (deployment === 'reverse' ? parts.at(-1) : parts[0]) ?? '';
  const address = /^\[([^\]]*)\]/.exec(wanted)?.[1] ?? wanted.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return parseAddress(address) ? address : undefined;
}
