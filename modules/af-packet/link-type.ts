/** The link type of a device's packets. */
import type { Native } from '../../engine/native.js';

/** Link types by ARPHRD_ value: Ethernet, loopback (which has Ethernet headers), PPP and others without a link layer. */
const ETHERNET = 1;
const RAW = 101;
const LINK_TYPES: Readonly<Record<number, number>> = {
  1: ETHERNET,
  772: ETHERNET,
  512: RAW,
  65534: RAW,
  768: RAW,
  769: RAW,
};

/** @returns LINKTYPE_ of its packets, undefined for unknown kinds of devices */
export function linkTypeOf(addon: Native, device: string): number | undefined {
  return LINK_TYPES[addon.deviceType(device)];
}
