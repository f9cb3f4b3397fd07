/**
 * Signatures indexed by a required address: for rules that consist mainly of long address lists. The ranges of all of
 * them split the address space into intervals; each interval lists its signatures.
 */
import type { AddressSet } from '../signature.js';
import { shared32 } from './address-sets.js';

/** Interval `i` begins at `bounds[i]` (IPv4, unsigned) and has `signatures[starts[i] … starts[i+1])`. */
export interface AddressIndex {
  readonly bounds: Uint32Array;
  readonly starts: Uint32Array;
  readonly signatures: Uint32Array;
  /** Signatures that accept IPv6 addresses: tested one by one. */
  readonly v6: Uint32Array;
}

export interface AddressMember {
  readonly signature: number;
  readonly set: AddressSet;
}

export function indexAddresses(members: readonly AddressMember[]): AddressIndex {
  const changes = new Map<number, { begins: number[]; ends: number[] }>();
  const at = (address: number) => {
    const change = changes.get(address) ?? { begins: [], ends: [] };
    changes.set(address, change);
    return change;
  };
  for (const { signature, set } of members) {
    for (const [first, last] of set.v4) {
      at(first).begins.push(signature);
      if (last < 0xffffffff) at(last + 1).ends.push(signature);
    }
  }
  const v6 = members.filter(member => member.set.v6.length > 0).map(member => member.signature);
  return { ...intervals(changes), v6: shared32(v6) };
}

function intervals(changes: Map<number, { begins: number[]; ends: number[] }>): Omit<AddressIndex, 'v6'> {
  const bounds = [0];
  const starts = [0];
  const signatures: number[] = [];
  const open = new Map<number, number>();
  for (const address of [...changes.keys()].sort((a, b) => a - b)) {
    const { begins, ends } = changes.get(address)!;
    for (const signature of ends) count(open, signature, -1);
    for (const signature of begins) count(open, signature, 1);
    if (address > 0) {
      bounds.push(address);
      starts.push(signatures.length);
    }
    for (const signature of [...open.keys()].sort((a, b) => a - b)) signatures.push(signature);
  }
  starts.push(signatures.length);
  return { bounds: shared32(bounds), starts: shared32(starts), signatures: shared32(signatures) };
}

function count(open: Map<number, number>, signature: number, difference: number): void {
  const now = (open.get(signature) ?? 0) + difference;
  if (now > 0) open.set(signature, now);
  else open.delete(signature);
}

/** Interval of an IPv4 address. */
export function intervalOf(index: AddressIndex, address: number): number {
  const { bounds } = index;
  let low = 0;
  let high = bounds.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (bounds[middle]! <= address) low = middle;
    else high = middle - 1;
  }
  return low;
}
