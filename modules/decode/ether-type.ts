/** Decodes what follows a header that ends with an EtherType. */
import { decodeArp } from './arp.js';
import type { Decoding } from './decoding.js';
import { decodeEtag } from './etag.js';
import { decodeFabricPath } from './fabric-path.js';
import { decodeIeee8021ah } from './ieee8021ah.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { decodeMpls } from './mpls.js';
import { decodeNsh } from './nsh.js';
import { decodePppoeDiscovery, decodePppoeSession } from './pppoe.js';
import { decodeVlan } from './vlan.js';
import { decodeVntag } from './vntag.js';

export const ETHER_TYPE_IPV4 = 0x0800;
const ETHER_TYPE_ARP = 0x0806;
export const ETHER_TYPE_TRANSPARENT_ETHERNET = 0x6558;
export const ETHER_TYPE_VLAN = 0x8100;
export const ETHER_TYPE_IPV6 = 0x86dd;
export const ETHER_TYPE_PPP = 0x880b;
export const ETHER_TYPE_ERSPAN = 0x88be;

/** @returns false for an unknown type */
export function decodeEtherType(d: Decoding, p: number, type: number, at: number, end: number): boolean {
  switch (type) {
    case ETHER_TYPE_IPV4:
      decodeIpv4(d, p, at, end);
      return true;
    case ETHER_TYPE_IPV6:
      decodeIpv6(d, p, at, end);
      return true;
    case ETHER_TYPE_VLAN:
    case 0x88a8: // 802.1ad
    case 0x9100: // QinQ before 802.1ad
      decodeVlan(d, p, at, end);
      return true;
    case ETHER_TYPE_ARP:
      decodeArp(d, p, at, end);
      return true;
    case 0x8847: // unicast
    case 0x8848: // multicast
      decodeMpls(d, p, at, end);
      return true;
    case 0x8864:
      decodePppoeSession(d, p, at, end);
      return true;
    case 0x8863:
      decodePppoeDiscovery(d, p, at, end);
      return true;
    case 0x88e7:
      decodeIeee8021ah(d, p, at, end);
      return true;
    case 0x8903:
      decodeFabricPath(d, p, at, end);
      return true;
    case 0x8926:
      if (!d.vntag) return false;
      decodeVntag(d, p, at, end);
      return true;
    case 0x893f:
      decodeEtag(d, p, at, end);
      return true;
    case 0x894f:
      decodeNsh(d, p, at, end);
      return true;
    default:
      return false;
  }
}
