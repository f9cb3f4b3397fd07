/** IP-only signatures, looked up for the first packets of a flow. */
import type { AddressSet } from '../signature.js';
import { indexAddresses } from './address-index.js';
import { shared32 } from './address-sets.js';
import type { Compiled } from './compiled.js';
import type { IpOnlyRules } from './image.js';
import { IP_ONLY } from './traits.js';

/**
 * Each is indexed by its side with fewer addresses. If that covers most of all addresses, as with a negation, it is
 * always evaluated: it would be in nearly every interval of an index.
 */
export function ipOnlyRules(all: readonly Compiled[]): IpOnlyRules {
  const members = all.filter(member => member.traits.kind === IP_ONLY);
  const indexed = members.filter(
    s => s.arrow !== '<>' && !isManyAddresses(isFoundBySource(s) ? s.source : s.destination),
  );
  const of = (each: readonly Compiled[], set: (s: Compiled) => AddressSet) =>
    indexAddresses(each.map(s => ({ signature: s.number, set: set(s) })));
  const others = new Set(members);
  for (const s of indexed) others.delete(s);
  return {
    bySource: of(indexed.filter(isFoundBySource), s => s.source),
    byDestination: of(
      indexed.filter(s => !isFoundBySource(s)),
      s => s.destination,
    ),
    always: shared32([...others].map(s => s.number)),
  };
}

function isFoundBySource({ source, destination }: Compiled): boolean {
  return destination.any || (!source.any && sizeOf(source) <= sizeOf(destination));
}

function isManyAddresses(set: AddressSet): boolean {
  return set.any || sizeOfV4(set) > 2 ** 31;
}

function sizeOf(set: AddressSet): number {
  return sizeOfV4(set) + (set.v6.length > 0 ? 2 ** 32 : 0);
}

function sizeOfV4({ v4 }: AddressSet): number {
  return v4.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
