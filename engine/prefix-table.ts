/** Values by network address: the longest prefix that contains an address wins. For tables of some hundred entries. */
import { parseAddress } from './address.js';

interface Entry<T> {
  readonly network: Uint8Array;
  readonly prefix: number;
  readonly value: T;
}

export class PrefixTable<T> {
  private readonly entries4: Entry<T>[] = [];
  private readonly entries6: Entry<T>[] = [];

  /** Adds `192.0.2.0/24`, `2001:db8::/32` or a single address. @returns false if the text is neither */
  add(text: string, value: T): boolean {
    const network = parseNetwork(text);
    if (!network) return false;
    const entries = network.address.length === 4 ? this.entries4 : this.entries6;
    entries.push({ network: network.address, prefix: network.prefix, value });
    entries.sort((a, b) => b.prefix - a.prefix);
    return true;
  }

  /** @param offset of the address in `bytes`  @param version 4 or 6 */
  lookup(bytes: Uint8Array, offset: number, version: number): T | undefined {
    const entries = version === 4 ? this.entries4 : this.entries6;
    for (let i = 0; i < entries.length; i++) {
      if (contains(entries[i]!, bytes, offset)) return entries[i]!.value;
    }
    return undefined;
  }
}

/** The address and prefix length of a network in text; undefined if invalid. */
export function parseNetwork(text: string): { address: Uint8Array; prefix: number } | undefined {
  const [host, length, more] = text.trim().split('/');
  const address = parseAddress(host ?? '');
  if (!address || more !== undefined) return undefined;
  if (length === undefined) return { address, prefix: address.length * 8 };
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return prefix >= 0 && prefix <= address.length * 8 ? { address, prefix } : undefined;
}

function contains(entry: Entry<unknown>, bytes: Uint8Array, offset: number): boolean {
  const { network, prefix } = entry;
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (network[i] !== bytes[offset + i]) return false;
  const rest = prefix & 7;
  return rest === 0 || ((network[whole]! ^ bytes[offset + whole]!) & (0xff00 >> rest) & 0xff) === 0;
}
