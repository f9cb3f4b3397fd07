/** The primitive conditions of filters. */
import { ETHER_ARP, ETHER_IPV4, ETHER_IPV6, ETHER_RARP, type Facts } from './facts.js';

export type Test = (facts: Facts) => boolean;

/** The endpoint that a condition applies to. */
export type Ends = 'src' | 'dst' | 'either' | 'both';

const ETHER_TYPES: Readonly<Record<string, number>> = {
  ip: ETHER_IPV4,
  ip6: ETHER_IPV6,
  arp: ETHER_ARP,
  rarp: ETHER_RARP,
};
/** Protocols known by number only, for `ether proto`. */
const OTHER_ETHER_TYPES: Readonly<Record<string, number>> = {
  mopdl: 0x6001,
  moprc: 0x6002,
  decnet: 0x6003,
  lat: 0x6004,
  sca: 0x6007,
  atalk: 0x809b,
  aarp: 0x80f3,
  loopback: 0x9000,
};
const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  igrp: 9,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmp6: 58,
  pim: 103,
  vrrp: 112,
  sctp: 132,
};

export function isProtocol(word: string): boolean {
  return Object.hasOwn(ETHER_TYPES, word) || Object.hasOwn(PROTOCOLS, word);
}

/** Number of a protocol over IP; undefined if unknown. */
export function protocolNumber(word: string): number | undefined {
  return Object.hasOwn(PROTOCOLS, word) ? PROTOCOLS[word] : undefined;
}

/** Type of `ip`, `arp` …; undefined if unknown. */
export function etherTypeOf(word: string): number | undefined {
  return Object.hasOwn(ETHER_TYPES, word) ? ETHER_TYPES[word] : undefined;
}

/** The same, including those known by number only. */
export function anyEtherTypeOf(word: string): number | undefined {
  return etherTypeOf(word) ?? (Object.hasOwn(OTHER_ETHER_TYPES, word) ? OTHER_ETHER_TYPES[word] : undefined);
}

/** `tcp`, `ip6` …: a word accepted by `isProtocol`. */
export function ofProtocol(word: string): Test {
  const etherType = ETHER_TYPES[word];
  if (etherType !== undefined) return facts => facts.etherType === etherType;
  return ofNumber(PROTOCOLS[word]!);
}

export function ofNumber(protocol: number): Test {
  return facts => facts.protocol === protocol;
}

function atEnds(ends: Ends, source: Test, destination: Test): Test {
  switch (ends) {
    case 'src':
      return source;
    case 'dst':
      return destination;
    case 'either':
      return facts => source(facts) || destination(facts);
    case 'both':
      return facts => source(facts) && destination(facts);
  }
}

/** Matches addresses of a network: the first `prefix` bits equal those of `address`. */
export function inNetwork(ends: Ends, address: Uint8Array, prefix: number): Test {
  const length = address.length;
  const within = (facts: Facts, at: number): boolean =>
    facts.addressLength === length && sameBits(facts.bytes, at, address, prefix);
  return atEnds(
    ends,
    facts => within(facts, facts.source),
    facts => within(facts, facts.destination),
  );
}

function sameBits(bytes: Uint8Array, at: number, address: Uint8Array, prefix: number): boolean {
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (bytes[at + i] !== address[i]) return false;
  const mask = (0xff00 >> (prefix & 7)) & 0xff;
  return mask === 0 || ((bytes[at + whole]! ^ address[whole]!) & mask) === 0;
}

export function inPorts(ends: Ends, first: number, last: number): Test {
  return atEnds(
    ends,
    facts => facts.sourcePort >= first && facts.sourcePort <= last,
    facts => facts.destinationPort >= first && facts.destinationPort <= last,
  );
}

/** Ethernet addresses: six bytes. */
export function isStation(ends: Ends, address: Uint8Array): Test {
  return atEnds(
    ends,
    facts => facts.ethernet >= 0 && sameBits(facts.bytes, facts.ethernet + 6, address, 48),
    facts => facts.ethernet >= 0 && sameBits(facts.bytes, facts.ethernet, address, 48),
  );
}

const BROADCAST = new Uint8Array(6).fill(0xff);

/** To all stations. */
export function isBroadcast(): Test {
  return isStation('dst', BROADCAST);
}

/** To a group of stations, or of hosts. @param over `ether`, `ip` or `ip6` */
export function isMulticast(over: string): Test {
  switch (over) {
    case 'ip':
      return facts => facts.etherType === ETHER_IPV4 && first(facts) >= 0xe0;
    case 'ip6':
      return facts => facts.etherType === ETHER_IPV6 && first(facts) === 0xff;
    default:
      return facts => facts.ethernet >= 0 && (facts.bytes[facts.ethernet]! & 1) === 1;
  }
}

/** First byte of the destination address; -1 if none. */
function first({ destination, bytes }: Facts): number {
  return destination < 0 ? -1 : bytes[destination]!;
}

/** Tagged, with this id if given. */
export function inVlan(id: number | undefined): Test {
  if (id === undefined) return facts => facts.vlans > 0;
  return ({ vlans, vlan }) =>
    (vlans > 0 && vlan[0] === id) || (vlans > 1 && vlan[1] === id) || (vlans > 2 && vlan[2] === id);
}
