/**
 * New addresses for hosts: one each, which leads back to the host. Private addresses stay private; groups keep their
 * address.
 */
import { concat, u8, u16 } from '../packets/bytes.js';

export class AddressMapping {
  private readonly assigned = new Map<string, Uint8Array>();
  private readonly originals = new Map<string, string>();

  /** @param network a number; addresses of different networks differ */
  constructor(private readonly network: number) {}

  address(bytes: Uint8Array): Uint8Array {
    if (isGroupOrUnspecified(bytes)) return bytes;
    const original = addressText(bytes);
    let address = this.assigned.get(original);
    if (!address) {
      address = bytes.length === 4 ? this.newIpv4(bytes) : this.newIpv6(bytes);
      this.assigned.set(original, address);
      this.originals.set(addressText(address), original);
    }
    return address;
  }

  has(address: string): boolean {
    return this.originals.has(address);
  }

  /** The original address of the host; unchanged if it was not assigned here. */
  originalOf(address: string): string {
    return this.originals.get(address) ?? address;
  }

  private newIpv4(bytes: Uint8Array): Uint8Array {
    return concat(u8(isPrivate(bytes) ? 10 : 45), u8(this.network), u16(this.assigned.size + 1));
  }

  private newIpv6(bytes: Uint8Array): Uint8Array {
    const isLinkLocal = bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
    const first = isLinkLocal ? 0xfe80 : isPrivate(bytes) ? 0xfd00 : 0x2001;
    return concat(
      u16(first),
      new Uint8Array(6),
      u16(this.network),
      new Uint8Array(4),
      u16(this.assigned.size + 1),
    );
  }
}

/** Addresses of no single host: unspecified, multicast, broadcast. */
function isGroupOrUnspecified(bytes: Uint8Array): boolean {
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
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  return words.map(word => word.padStart(4, '0')).join(':');
}
