/** The packet fields needed by filters, read before the packet is decoded. */
import * as LinkType from '../../packet/link-type.js';
import { uint16 } from '../../packet/network-order.js';

/** -1 means absent. One object is reused for all packets. */
export interface Facts {
  bytes: Uint8Array;
  wireLength: number;
  /** Offset of the first byte, and of the end. */
  link: number;
  end: number;
  /** Offset of the Ethernet header. */
  ethernet: number;
  vlans: number;
  vlan: number[];
  etherType: number;
  /** Offset of the payload of the EtherType, and of the IP header. */
  layer3: number;
  network: number;
  /** Protocol number of IP. */
  protocol: number;
  /** Offsets of the addresses of IP or ARP, and their length. */
  source: number;
  destination: number;
  addressLength: number;
  /** Offset of the transport header; absent in fragments after the first. */
  transport: number;
  /** Ports of TCP, UDP, SCTP; absent in fragments after the first. */
  sourcePort: number;
  destinationPort: number;
  /** Bytes beyond the packet were requested, or a division by zero occurred. */
  refused: boolean;
}

export const ETHER_IPV4 = 0x0800;
export const ETHER_IPV6 = 0x86dd;
export const ETHER_ARP = 0x0806;
export const ETHER_RARP = 0x8035;
const VLAN_TYPES = new Set([0x8100, 0x88a8, 0x9100, 0x9200, 0x9300]);
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;

/** Protocols with ports. */
const WITH_PORTS = new Set([6, 17, 132]);
/** IPv6 extension headers that are skipped: hop-by-hop, routing, fragment, destination options. */
const EXTENSIONS = new Set([0, 43, 44, 60]);
const FRAGMENT = 44;

export function readFacts(
  facts: Facts,
  bytes: Uint8Array,
  data: number,
  length: number,
  wireLength: number,
  linkType: number,
): void {
  facts.bytes = bytes;
  facts.wireLength = wireLength;
  facts.link = data;
  facts.end = data + length;
  facts.layer3 = -1;
  facts.transport = -1;
  facts.refused = false;
  facts.ethernet = -1;
  facts.vlans = 0;
  facts.etherType = -1;
  facts.network = -1;
  facts.protocol = -1;
  facts.source = -1;
  facts.destination = -1;
  facts.addressLength = 0;
  facts.sourcePort = -1;
  facts.destinationPort = -1;
  const end = data + length;
  const at = linkLayer(facts, data, end, linkType);
  if (at < 0) return;
  facts.layer3 = at;
  if (facts.etherType === ETHER_IPV4) ipv4(facts, at, end);
  else if (facts.etherType === ETHER_IPV6) ipv6(facts, at, end);
  else if (facts.etherType === ETHER_ARP || facts.etherType === ETHER_RARP) arp(facts, at, end);
}

/** Sets the type of what follows. @returns its offset, -1 if none */
function linkLayer(facts: Facts, data: number, end: number, linkType: number): number {
  switch (linkType) {
    case LinkType.ETHERNET:
      if (data + 14 > end) return -1;
      facts.ethernet = data;
      return tagged(facts, data + 12, end);
    case LinkType.LINUX_SLL:
      return data + 16 > end ? -1 : tagged(facts, data + 14, end);
    case LinkType.LINUX_SLL2:
      if (data + 20 > end) return -1;
      facts.etherType = uint16(facts.bytes, data);
      return data + 20;
    case LinkType.NULL:
    case LinkType.LOOP:
      return raw(facts, data + 4, end);
    case LinkType.PPP:
      return ppp(facts, data, end);
    default:
      return raw(facts, data, end);
  }
}

/** An EtherType at `at`, possibly after VLAN tags. */
function tagged(facts: Facts, at: number, end: number): number {
  let type = uint16(facts.bytes, at);
  while (VLAN_TYPES.has(type) && at + 6 <= end) {
    if (facts.vlans < 3) facts.vlan[facts.vlans] = uint16(facts.bytes, at + 2) & 0xfff;
    facts.vlans++;
    at += 4;
    type = uint16(facts.bytes, at);
  }
  facts.etherType = type;
  return at + 2;
}

function ppp(facts: Facts, data: number, end: number): number {
  const at =
    end - data >= 2 && facts.bytes[data] === 0xff && facts.bytes[data + 1] === 0x03 ? data + 2 : data;
  if (at + 2 > end) return -1;
  const type = uint16(facts.bytes, at);
  facts.etherType = type === PPP_IPV4 ? ETHER_IPV4 : type === PPP_IPV6 ? ETHER_IPV6 : -1;
  return at + 2;
}

function raw(facts: Facts, at: number, end: number): number {
  if (at >= end) return -1;
  const version = facts.bytes[at]! >>> 4;
  facts.etherType = version === 4 ? ETHER_IPV4 : version === 6 ? ETHER_IPV6 : -1;
  return at;
}

function ipv4(facts: Facts, at: number, end: number): void {
  if (at + 20 > end || facts.bytes[at]! >>> 4 !== 4) return;
  facts.network = at;
  facts.source = at + 12;
  facts.destination = at + 16;
  facts.addressLength = 4;
  facts.protocol = facts.bytes[at + 9]!;
  const first = (uint16(facts.bytes, at + 6) & 0x1fff) === 0;
  if (first) ports(facts, at + (facts.bytes[at]! & 15) * 4, end);
}

function ipv6(facts: Facts, at: number, end: number): void {
  if (at + 40 > end || facts.bytes[at]! >>> 4 !== 6) return;
  facts.network = at;
  facts.source = at + 8;
  facts.destination = at + 24;
  facts.addressLength = 16;
  let next = facts.bytes[at + 6]!;
  let header = at + 40;
  let first = true;
  while (EXTENSIONS.has(next) && header + 8 <= end) {
    if (next === FRAGMENT) first &&= (uint16(facts.bytes, header + 2) & 0xfff8) === 0;
    const length = next === FRAGMENT ? 8 : (facts.bytes[header + 1]! + 1) * 8;
    next = facts.bytes[header]!;
    header += length;
  }
  facts.protocol = next;
  if (first) ports(facts, header, end);
}

function ports(facts: Facts, at: number, end: number): void {
  facts.transport = at;
  if (!WITH_PORTS.has(facts.protocol) || at + 4 > end) return;
  facts.sourcePort = uint16(facts.bytes, at);
  facts.destinationPort = uint16(facts.bytes, at + 2);
}

/** Addresses of ARP for IPv4 over Ethernet. */
function arp(facts: Facts, at: number, end: number): void {
  if (at + 28 > end) return;
  facts.source = at + 14;
  facts.destination = at + 24;
  facts.addressLength = 4;
}
