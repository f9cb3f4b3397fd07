/** Frames inside UDP tunnels: which of them become an inner packet. */

/** ARP, IPv4, IPv6 and VLAN tags. */
export function isInnerEtherType(type: number): boolean {
  switch (type) {
    case 0x0800:
    case 0x0806:
    case 0x86dd:
    case 0x8100:
    case 0x88a8:
    case 0x9100:
      return true;
    default:
      return false;
  }
}
