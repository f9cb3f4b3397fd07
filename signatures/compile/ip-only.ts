/** Signatures that are about addresses alone, looked up by the first packets of a flow. */
import { indexAddresses } from './address-index.js';
import { shared32 } from './address-sets.js';
import type { Compiled } from './compiled.js';
import type { IpOnlyRules } from './image.js';
import { IP_ONLY } from './traits.js';

/** Each is found by the side that has fewer addresses. */
export function ipOnlyRules(all: readonly Compiled[]): IpOnlyRules {
  const members = all.filter(member => member.traits.kind === IP_ONLY);
  const indexed = members.filter(s => s.arrow !== '<>' && !(s.source.any && s.destination.any));
  const bySource = new Set(
    indexed.filter(s => s.destination.any || (!s.source.any && sizeOf(s.source) <= sizeOf(s.destination))),
  );
  const byDestination = indexed.filter(s => !bySource.has(s));
  return {
    bySource: indexAddresses([...bySource].map(s => ({ signature: s.number, set: s.source }))),
    byDestination: indexAddresses(byDestination.map(s => ({ signature: s.number, set: s.destination }))),
    always: shared32(members.filter(s => !indexed.includes(s)).map(s => s.number)),
  };
}

function sizeOf(set: Compiled['source']): number {
  return set.v4.reduce((sum, [first, last]) => sum + last - first + 1, 0) + (set.v6.length > 0 ? 2 ** 32 : 0);
}
