/**
 * Expected differences: each has a name and a reason, and is as narrow as possible. A transformation lists the
 * differences that its comparison ignores.
 */
import type { EveRecord } from './scenario.js';

export interface IgnoredDifference {
  readonly reason: string;
  /** Rules removed from both scenarios. */
  readonly matchesRule?: (rule: string) => boolean;
  /** Records that are not compared. */
  readonly matchesRecord?: (record: EveRecord) => boolean;
  /** Members that are not compared, as dotted names; only of records for which `appliesTo` is true. */
  readonly members?: readonly string[];
  readonly appliesTo?: (record: EveRecord) => boolean;
}

const ADDRESS = String.raw`\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f]*:`;
const HAS_ADDRESS = new RegExp(
  `^[^(]*(${ADDRESS})|\\b(ip\\.(src|dst)|ipv4\\.hdr|ipv6\\.hdr|iprep|geoip|ftpbounce)\\b`,
  'i',
);
/** Lowest port of clients. */
export const FIRST_HIGH_PORT = 32_768;

export const LITERAL_ADDRESSES: IgnoredDifference = {
  reason: 'the rule has addresses that hosts no longer have',
  matchesRule: rule => HAS_ADDRESS.test(rule),
};

export const HIGH_PORTS: IgnoredDifference = {
  reason: 'the rule has ports that clients no longer have',
  matchesRule: rule =>
    /\b(tcp|udp)\.hdr\b/.test(rule) ||
    [...rule.slice(0, rule.indexOf('(')).matchAll(/\b\d{5}\b/g)].some(
      ([port]) => Number(port) >= FIRST_HIGH_PORT,
    ),
};

export const CHECKSUMS: IgnoredDifference = {
  reason: 'the transport checksum depends on the addresses',
  matchesRule: rule => /\b(tcp|udp|icmpv?[46])\.hdr\b/.test(rule),
};

export const IP_VERSION: IgnoredDifference = {
  reason: 'the rule depends on the IP version',
  matchesRule: rule =>
    /^\S+\s+\w+[46]\b|\b(ipopts|fragbits|fragoffset|id|tos|ip_proto|decode-event|icmp_id|itype|icode|ipv4-csum|\w+v[46]-csum|l3_proto)\s*:/.test(
      rule,
    ),
};

export const IP_VERSION_MEMBER: IgnoredDifference = {
  reason: 'the record depends on the IP version',
  members: ['ip_v'],
};

export const DECODER_EVENTS: IgnoredDifference = {
  reason: 'decoder events depend on the headers, which are different',
  matchesRecord: record => record['event_type'] === 'anomaly' && record['anomaly'].type === 'decode',
  matchesRule: rule => /\bdecode-event\s*:/.test(rule),
};

export const HEADER_LENGTHS: IgnoredDifference = {
  reason: 'the length of packets depends on their headers',
  members: ['drop.len'],
  matchesRule: rule => /\bflow\.bytes/.test(rule),
};

export const FRAGMENT_HEADER_RULES: IgnoredDifference = {
  reason: 'the rule inspects header fields that differ in fragments',
  matchesRule: rule => /\b(fragbits|fragoffset|id|ip_proto|l3_proto|ipv[46]\.hdr)\b\s*[:;]/.test(rule),
};

export const FRAGMENT_ALERTS: IgnoredDifference = {
  reason: 'rules for an IP protocol only also alert on the fragments, which have no ports',
  matchesRecord: ({ alert, src_port }) => alert !== undefined && src_port === 0,
};

export const LINK_HEADERS: IgnoredDifference = {
  reason: 'other headers precede that of IP, and are logged',
  members: ['ether', 'vlan', 'tunnel', 'pkt_src', 'flow.vlan', 'anomaly.layer'],
  matchesRule: rule => /\b(ether\.hdr|vlan\.(id|layers))\b|^\S+\s+(ether|arp|pkthdr)\b/.test(rule),
};

export const PACKET_BYTES: IgnoredDifference = {
  reason: 'the bytes of the whole packet include addresses and checksums',
  members: ['packet', 'packet_info', 'anomaly.packethdr'],
};

export const QUOTED_PACKETS: IgnoredDifference = {
  reason: 'an ICMP message quotes the packet that it is about, with its addresses',
  appliesTo: record => /ICMP/.test(record['proto']),
  members: ['payload', 'payload_printable'],
};

export const RULE_ORDER: IgnoredDifference = {
  reason: 'for rules that clear what others set, the order in their file matters',
  matchesRule: rule => /\b(flowbits|xbits|hostbits)\s*:\s*(unset|toggle)/.test(rule),
};

export const CERTIFICATE_EXPIRY: IgnoredDifference = {
  reason: 'whether a certificate has expired depends on the day',
  matchesRule: rule =>
    /\b(tls_cert_expired|tls_cert_valid|tls_cert_notbefore|tls_cert_notafter)\b/.test(rule),
};

export const RATE_RULES: IgnoredDifference = {
  reason: 'the rule counts per period, or has a lifetime',
  matchesRule: rule => /\b(threshold|detection_filter|xbits|hostbits|tag)\s*:|\bflow\.age\b/.test(rule),
};

export const FLOW_AGE: IgnoredDifference = {
  reason: 'the duration of the flow differs',
  members: ['flow.age', 'netflow.age'],
};

export const CROSS_FLOW_RULES: IgnoredDifference = {
  reason: 'results across conversations depend on the order in which threads process them',
  matchesRule: rule => /\b(threshold|detection_filter|hostbits|xbits|tag|dataset)\s*:/.test(rule),
};

export const CROSS_CAPTURE_RULES: IgnoredDifference = {
  reason: 'the rule counts across all captures',
  matchesRule: rule => /\bby_rule\b|\bdataset\s*:/.test(rule),
};

export const VERDICTS: IgnoredDifference = {
  reason: 'packets have verdicts inline only',
  members: ['verdict'],
};

export const PARTIAL_FILES: IgnoredDifference = {
  reason: 'inline, the available part of a file is inspected with each packet',
  matchesRule: rule => /\bfile[._]data\b/.test(rule),
};

/** Removes the members that are ignored, from a copy of the record. */
export function withoutMembers(record: EveRecord, ignored: readonly IgnoredDifference[]): EveRecord {
  const copy = structuredClone(record);
  for (const { members = [], appliesTo = () => true } of ignored)
    if (appliesTo(record)) for (const member of members) remove(copy, member.split('.'));
  return copy;
}

function remove(record: EveRecord, [name, ...others]: readonly string[]): void {
  if (others.length === 0) delete record[name!];
  else if (record[name!] !== null && typeof record[name!] === 'object') remove(record[name!], others);
}
