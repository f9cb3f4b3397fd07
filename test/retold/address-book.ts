/**
 * New addresses for hosts: one each, which leads back to the host. Private addresses stay private; groups keep their
 * address.
 */
import { concat, u8, u16 } from '../packets/bytes.js';

export class AddressBook {
  private readonly given = new Map<string, Uint8Array>();
  private readonly taken = new Map<string, string>();

  /** @param world addresses of different worlds differ */
  constructor(private readonly world: number) {}

  address(bytes: Uint8Array): Uint8Array {
    if (isOfMany(bytes)) return bytes;
    const old = written(bytes);
    let address = this.given.get(old);
    if (!address) {
      address = bytes.length === 4 ? this.four(bytes) : this.six(bytes);
      this.given.set(old, address);
      this.taken.set(written(address), old);
    }
    return address;
  }

  has(address: string): boolean {
    return this.taken.has(address);
  }

  /** The original address of the host; unchanged if it was not assigned here. */
  before(address: string): string {
    return this.taken.get(address) ?? address;
  }

  private four(bytes: Uint8Array): Uint8Array {
    return concat(u8(isPrivate(bytes) ? 10 : 45), u8(this.world), u16(this.given.size + 1));
  }

  private six(bytes: Uint8Array): Uint8Array {
    const ofLink = bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
    const first = ofLink ? 0xfe80 : isPrivate(bytes) ? 0xfd00 : 0x2001;
    return concat(
      u16(first),
      new Uint8Array(6),
      u16(this.world),
      new Uint8Array(4),
      u16(this.given.size + 1),
    );
  }
}

/** Addresses of no single host: unspecified, multicast, broadcast. */
function isOfMany(bytes: Uint8Array): boolean {
  if (bytes.length === 16) return bytes[0] === 0xff || bytes.every(byte => byte === 0);
  return bytes[0] === 0 || bytes[0]! >= 224;
}

/** RFC 1918 and RFC 4193. */
export function isPrivate(bytes: Uint8Array): boolean {
  if (bytes.length === 16) return (bytes[0]! & 0xfe) === 0xfc;
  const [first, second] = [bytes[0]!, bytes[1]!];
  return first === 10 || (first === 192 && second === 168) || (first === 172 && second >= 16 && second < 32);
}

/** In the notation of records. */
export function written(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  return words.map(word => word.padStart(4, '0')).join(':');
}
