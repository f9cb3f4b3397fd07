/** Link types of packet bytes (`Packet.LINK_TYPE`): the LINKTYPE_ registry of the pcap format. */

export const NULL = 0;
export const ETHERNET = 1;
export const PPP = 9;
/** Raw IP, under the numbers of different systems. */
export const RAW_BSD = 12;
export const RAW_OPENBSD = 14;
export const PPP_SERIAL = 50;
export const RAW = 101;
export const C_HDLC = 104;
export const LOOP = 108;
export const LINUX_SLL = 113;
export const IPV4 = 228;
export const IPV6 = 229;
export const LINUX_SLL2 = 276;
/** Packets that begin with a GRE header. Not in the registry: a private number above its 16 bits. */
export const GRE = 0x10000 + 47;

const NAMES: Readonly<Record<number, string>> = {
  [NULL]: 'NULL',
  [ETHERNET]: 'EN10MB',
  [PPP]: 'PPP',
  [RAW_BSD]: 'RAW',
  [RAW_OPENBSD]: 'RAW',
  [PPP_SERIAL]: 'PPP_SERIAL',
  [RAW]: 'RAW',
  [C_HDLC]: 'C_HDLC',
  [LOOP]: 'LOOP',
  [LINUX_SLL]: 'LINUX_SLL',
  [IPV4]: 'IPv4',
  [IPV6]: 'IPv6',
  [LINUX_SLL2]: 'LINUX_SLL2',
};

/** Name as in EVE's `packet_info.linktype_name`; undefined for a type that is not decoded. */
export function linkTypeName(linkType: number): string | undefined {
  return NAMES[linkType];
}

// ── encapsulation of a tunnel's inner packet (Packet.TUNNEL_KIND) ────────────────────────────────────────
export const TUNNEL_IPV4 = 1;
export const TUNNEL_IPV6 = 2;
export const TUNNEL_GRE = 3;
export const TUNNEL_TEREDO = 4;
export const TUNNEL_VXLAN = 5;
export const TUNNEL_GENEVE = 6;

const TUNNEL_NAMES: readonly string[] = [
  '',
  'ipv4 tunnel',
  'ipv6 tunnel',
  'gre tunnel',
  'teredo tunnel',
  'vxlan encapsulation',
  'geneve encapsulation',
];

/** EVE's `pkt_src` of an inner packet. */
export function tunnelName(kind: number): string {
  return TUNNEL_NAMES[kind] ?? '';
}
