/**
 * Addresses of a rule header: `any`, `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.0.0.1-10.0.0.9`, IPv6
 * likewise, lists with negation, and variables.
 */
import { RuleError } from '../rule-error.js';
import type { AddressSet, Position } from '../signature.js';
import { parseIpv4, parseIpv6 } from './ip-address.js';
import { readList } from './list.js';
import { IPV4, IPV6, type Range, union, without } from './ranges.js';

const EVERY_V4: Range<number>[] = [[IPV4.first, IPV4.last]];
const EVERY_V6: Range<bigint>[] = [[IPV6.first, IPV6.last]];

const ANY_ADDRESS: AddressSet = {
  any: true,
  v4: [[0, 0xffffffff]],
  v6: [['0'.repeat(32), 'f'.repeat(32)]],
};

/** Ranges in a list, by address family. */
class Ranges {
  readonly v4: Range<number>[] = [];
  readonly v6: Range<bigint>[] = [];

  get empty(): boolean {
    return this.v4.length === 0 && this.v6.length === 0;
  }
}

/**
 * Resolves addresses to ranges. Negations alone match everything else, in both families.
 * @param variables values of `vars: address-groups`
 * @throws RuleError
 */
export function parseAddresses(
  text: string,
  variables: ReadonlyMap<string, string>,
  at: Position,
): AddressSet {
  const included = new Ranges();
  const excluded = new Ranges();
  let any = false;
  readList(
    text,
    {
      kind: 'address',
      variable: name => variables.get(name),
      item(part, negated) {
        if (part.toLowerCase() === 'any') {
          if (negated) throw new RuleError(`"${text}" matches no address: "any" is negated`, at);
          any = true;
        } else addRange(part, negated ? excluded : included, at);
      },
    },
    at,
  );
  if (any || included.empty) {
    if (excluded.empty) return ANY_ADDRESS;
    included.v4.push(...EVERY_V4);
    included.v6.push(...EVERY_V6);
  }
  return addressSet(included, excluded, text, at);
}

function addressSet(included: Ranges, excluded: Ranges, text: string, at: Position): AddressSet {
  const v4 = without(IPV4, union(IPV4, included.v4), union(IPV4, excluded.v4));
  const v6 = without(IPV6, union(IPV6, included.v6), union(IPV6, excluded.v6));
  if (v4.length === 0 && v6.length === 0) {
    throw new RuleError(`addresses "${text}" exclude everything they include`, at);
  }
  const any = covers(v4, EVERY_V4[0]!) && covers(v6, EVERY_V6[0]!);
  return any
    ? ANY_ADDRESS
    : { any, v4, v6: v6.map(([first, last]) => [hexadecimal(first), hexadecimal(last)] as const) };
}

function covers<T>(ranges: readonly Range<T>[], whole: Range<T>): boolean {
  return ranges.length === 1 && ranges[0]![0] === whole[0] && ranges[0]![1] === whole[1];
}

function hexadecimal(value: bigint): string {
  return value.toString(16).padStart(32, '0');
}

function addRange(text: string, ranges: Ranges, at: Position): void {
  const v4 = text.includes(':') ? undefined : parseRange(text, parseIpv4, netmaskV4);
  if (v4) ranges.v4.push(v4);
  else {
    const v6 = text.includes(':') ? parseRange(text, parseIpv6, netmaskV6) : undefined;
    if (!v6)
      throw new RuleError(
        `"${text}" is not an address`,
        at,
        'an IP address, network, range, list, variable or any',
      );
    ranges.v6.push(v6);
  }
}

/** `address`, `address/bits`, `address/netmask` or `address-address`. */
function parseRange<T extends number | bigint>(
  text: string,
  parse: (text: string) => T | undefined,
  network: (address: T, mask: string) => Range<T> | undefined,
): Range<T> | undefined {
  const slash = text.indexOf('/');
  if (slash >= 0) {
    const address = parse(text.slice(0, slash).trim());
    return address === undefined ? undefined : network(address, text.slice(slash + 1).trim());
  }
  const dash = text.indexOf('-');
  if (dash < 0) {
    const address = parse(text);
    return address === undefined ? undefined : [address, address];
  }
  const first = parse(text.slice(0, dash).trim());
  const last = parse(text.slice(dash + 1).trim());
  return first === undefined || last === undefined || first > last ? undefined : [first, last];
}

function netmaskV4(address: number, mask: string): Range<number> | undefined {
  let bits: number;
  if (/^\d{1,2}$/.test(mask)) bits = Number(mask);
  else {
    const ones = parseIpv4(mask);
    if (ones === undefined) return undefined;
    bits = Math.clz32(~ones);
    if ((bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0) !== ones) return undefined;
  }
  if (bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1];
}

function netmaskV6(address: bigint, mask: string): Range<bigint> | undefined {
  const bits = /^\d{1,3}$/.test(mask) ? Number(mask) : 129;
  if (bits > 128) return undefined;
  const size = 1n << BigInt(128 - bits);
  const first = (address / size) * size;
  return [first, first + size - 1n];
}
