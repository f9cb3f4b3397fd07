/**
 * Expected differences: each has a name and a reason, and is as narrow as possible. A transformation lists the
 * differences that are left out of its comparison.
 */
import type { EveRecord } from './story.js';

export interface LeftOut {
  readonly why: string;
  /** Rules removed from both stories. */
  readonly rule?: (rule: string) => boolean;
  /** Records that are not compared. */
  readonly record?: (record: EveRecord) => boolean;
  /** Members that are not compared, as dotted names; only of records for which `where` is true. */
  readonly members?: readonly string[];
  readonly where?: (record: EveRecord) => boolean;
}

const ADDRESS = String.raw`\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f]*:`;
const WITH_ADDRESS = new RegExp(
  `^[^(]*(${ADDRESS})|\\b(ip\\.(src|dst)|ipv4\\.hdr|ipv6\\.hdr|iprep|geoip|ftpbounce)\\b`,
  'i',
);
/** Lowest port of clients. */
export const FIRST_HIGH_PORT = 32_768;

export const LITERAL_ADDRESSES: LeftOut = {
  why: 'the rule has addresses that hosts no longer have',
  rule: rule => WITH_ADDRESS.test(rule),
};

export const HIGH_PORTS: LeftOut = {
  why: 'the rule has ports that clients no longer have',
  rule: rule =>
    /\b(tcp|udp)\.hdr\b/.test(rule) ||
    [...rule.slice(0, rule.indexOf('(')).matchAll(/\b\d{5}\b/g)].some(
      ([port]) => Number(port) >= FIRST_HIGH_PORT,
    ),
};

export const CHECKSUMS: LeftOut = {
  why: 'the transport checksum depends on the addresses',
  rule: rule => /\b(tcp|udp|icmpv?[46])\.hdr\b/.test(rule),
};

export const IP_VERSION: LeftOut = {
  why: 'the rule depends on the IP version',
  rule: rule =>
    /^\S+\s+\w+[46]\b|\b(ipopts|fragbits|fragoffset|id|tos|ip_proto|decode-event|icmp_id|itype|icode|ipv4-csum|\w+v[46]-csum|l3_proto)\s*:/.test(
      rule,
    ),
};

export const IP_VERSION_TOLD: LeftOut = {
  why: 'the record depends on the IP version',
  members: ['ip_v'],
};

export const DECODER_EVENTS: LeftOut = {
  why: 'decoder events depend on the headers, which are different',
  record: record => record['event_type'] === 'anomaly' && record['anomaly'].type === 'decode',
  rule: rule => /\bdecode-event\s*:/.test(rule),
};

export const HEADER_LENGTHS: LeftOut = {
  why: 'the length of packets depends on their headers',
  members: ['drop.len'],
  rule: rule => /\bflow\.bytes/.test(rule),
};

export const FRAGMENTS: LeftOut = {
  why: 'the rule inspects header fields that differ in fragments',
  rule: rule => /\b(fragbits|fragoffset|id|ip_proto|l3_proto|ipv[46]\.hdr)\b\s*[:;]/.test(rule),
};

export const FRAGMENTS_THEMSELVES: LeftOut = {
  why: 'rules for an IP protocol only also alert on the fragments, which have no ports',
  record: ({ alert, src_port }) => alert !== undefined && src_port === 0,
};

export const LINK_HEADERS: LeftOut = {
  why: 'other headers precede that of IP, and are logged',
  members: ['ether', 'vlan', 'tunnel', 'pkt_src', 'flow.vlan', 'anomaly.layer'],
  rule: rule => /\b(ether\.hdr|vlan\.(id|layers))\b|^\S+\s+(ether|arp|pkthdr)\b/.test(rule),
};

export const PACKET_BYTES: LeftOut = {
  why: 'the bytes of the whole packet include addresses and checksums',
  members: ['packet', 'packet_info', 'anomaly.packethdr'],
};

export const PACKETS_TOLD_OF: LeftOut = {
  why: 'an ICMP message quotes the packet that it is about, with its addresses',
  where: record => /ICMP/.test(record['proto']),
  members: ['payload', 'payload_printable'],
};

export const ORDER_OF_RULES: LeftOut = {
  why: 'for rules that clear what others set, the order in their file matters',
  rule: rule => /\b(flowbits|xbits|hostbits)\s*:\s*(unset|toggle)/.test(rule),
};

export const TIME_OF_DAY: LeftOut = {
  why: 'whether a certificate has expired depends on the day',
  rule: rule => /\b(tls_cert_expired|tls_cert_valid|tls_cert_notbefore|tls_cert_notafter)\b/.test(rule),
};

export const RATES: LeftOut = {
  why: 'the rule counts per period, or has a lifetime',
  rule: rule => /\b(threshold|detection_filter|xbits|hostbits|tag)\s*:|\bflow\.age\b/.test(rule),
};

export const AGE: LeftOut = { why: 'the duration of the flow differs', members: ['flow.age', 'netflow.age'] };

export const COUNTS_OVER_FLOWS: LeftOut = {
  why: 'results across conversations depend on the order in which threads process them',
  rule: rule => /\b(threshold|detection_filter|hostbits|xbits|tag|dataset)\s*:/.test(rule),
};

export const COUNTS_OVER_CAPTURES: LeftOut = {
  why: 'the rule counts across all captures',
  rule: rule => /\bby_rule\b|\bdataset\s*:/.test(rule),
};

export const VERDICTS: LeftOut = {
  why: 'packets have verdicts inline only',
  members: ['verdict'],
};

export const FILES_AS_THEY_COME: LeftOut = {
  why: 'inline, the available part of a file is inspected with each packet',
  rule: rule => /\bfile[._]data\b/.test(rule),
};

/** Removes the members that are left out, from a copy of the record. */
export function withoutMembers(record: EveRecord, leftOut: readonly LeftOut[]): EveRecord {
  const copy = structuredClone(record);
  for (const { members = [], where = () => true } of leftOut)
    if (where(record)) for (const member of members) remove(copy, member.split('.'));
  return copy;
}

function remove(record: EveRecord, [name, ...others]: readonly string[]): void {
  if (others.length === 0) delete record[name!];
  else if (record[name!] !== null && typeof record[name!] === 'object') remove(record[name!], others);
}
