/** Hostbits of an address, for access without a packet. */
import { parseIpv4, parseIpv6 } from '../variables/ip-address.js';
import { nameHash, type SharedTable } from './shared-table.js';
import { fillForAddress } from './track.js';

/** A bit's name and expiry; seconds. */
export interface SetBit {
  readonly name: string;
  readonly expire: number;
}

export class HostBits {
  private readonly words = new Int32Array(4);

  constructor(private readonly table: SharedTable) {}

  /** @param now seconds  @param seconds lifetime @throws Error if it is not an address */
  set(address: string, name: string, now: number, seconds: number): void {
    this.find(address, name);
    this.table.with(now, true, (_, value) => {
      this.table.keepUntil(value, now + seconds);
      return 1;
    });
  }

  /** @returns whether it was set @throws Error if it is not an address */
  unset(address: string, name: string, now: number): boolean {
    this.find(address, name);
    const found = this.table.with(now, false, (_, value) => {
      this.table.remove(value);
      return 1;
    });
    return found === 1;
  }

  /** @param names that may be set @throws Error if it is not an address */
  list(address: string, names: Iterable<string>, now: number): SetBit[] {
    const bits: SetBit[] = [];
    for (const name of names) {
      this.find(address, name);
      const until = this.table.with(now, false, (_, value) => this.table.goodUntil(value));
      if (until >= now) bits.push({ name, expire: until - now });
    }
    return bits;
  }

  private find(address: string, name: string): void {
    const { words } = this;
    const version = addressWords(address, words);
    fillForAddress(this.table.key, nameHash(`hostbits ${name}`), words, version);
  }
}

/** @returns 4 or 6 @throws Error if it is not an address */
function addressWords(text: string, words: Int32Array): 4 | 6 {
  words.fill(0);
  const v4 = parseIpv4(text);
  if (v4 !== undefined) {
    words[0] = v4 | 0;
    return 4;
  }
  const v6 = parseIpv6(text);
  if (v6 === undefined) throw new Error(`"${text}" is not an IP address`);
  for (let i = 0; i < 4; i++) words[i] = Number((v6 >> BigInt(96 - 32 * i)) & 0xffffffffn) | 0;
  return 6;
}
