/**
 * Differences that must be: each has a name, says why, and is as narrow as it can be. What a kind of retelling leaves out
 * of the comparison it names from this list.
 */
import type { EveRecord } from './story.js';

export interface LeftOut {
  readonly why: string;
  /** Rules that are taken out of both stories. */
  readonly rule?: (rule: string) => boolean;
  /** Records that are not compared. */
  readonly record?: (record: EveRecord) => boolean;
  /** Members that are not compared: names with dots between; of the records for which `where` is true. */
  readonly members?: readonly string[];
  readonly where?: (record: EveRecord) => boolean;
}

const ADDRESS = String.raw`\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f]*:`;
const WITH_ADDRESS = new RegExp(
  `^[^(]*(${ADDRESS})|\\b(ip\\.(src|dst)|ipv4\\.hdr|ipv6\\.hdr|iprep|geoip|ftpbounce)\\b`,
  'i',
);
/** Clients have ports from here on. */
export const FIRST_HIGH_PORT = 32_768;

export const LITERAL_ADDRESSES: LeftOut = {
  why: 'the rule names addresses that hosts have no more',
  rule: rule => WITH_ADDRESS.test(rule),
};

export const HIGH_PORTS: LeftOut = {
  why: 'the rule names ports that clients have no more',
  rule: rule =>
    /\b(tcp|udp)\.hdr\b/.test(rule) ||
    [...rule.slice(0, rule.indexOf('(')).matchAll(/\b\d{5}\b/g)].some(
      ([port]) => Number(port) >= FIRST_HIGH_PORT,
    ),
};

export const CHECKSUMS: LeftOut = {
  why: 'the transport has another checksum with other addresses',
  rule: rule => /\b(tcp|udp|icmpv?[46])\.hdr\b/.test(rule),
};

export const IP_VERSION: LeftOut = {
  why: 'the rule asks for a version of IP, or for what only one has',
  rule: rule =>
    /^\S+\s+\w+[46]\b|\b(ipopts|fragbits|fragoffset|id|tos|ip_proto|decode-event|icmp_id|itype|icode|ipv4-csum|\w+v[46]-csum|l3_proto)\s*:/.test(
      rule,
    ),
};

export const IP_VERSION_TOLD: LeftOut = {
  why: 'the record tells the version of IP',
  members: ['ip_v'],
};

export const DECODER_EVENTS: LeftOut = {
  why: 'events of the decoder are those of the headers, which are others',
  record: record => record['event_type'] === 'anomaly' && record['anomaly'].type === 'decode',
  rule: rule => /\bdecode-event\s*:/.test(rule),
};

export const HEADER_LENGTHS: LeftOut = {
  why: 'packets are longer or shorter by their headers',
  members: ['drop.len'],
  rule: rule => /\bflow\.bytes/.test(rule),
};

export const FRAGMENTS: LeftOut = {
  why: 'the rule asks for what a fragment has in its header',
  rule: rule => /\b(fragbits|fragoffset|id|ip_proto|l3_proto|ipv[46]\.hdr)\b\s*[:;]/.test(rule),
};

export const FRAGMENTS_THEMSELVES: LeftOut = {
  why: 'rules that ask for no more than the protocol of IP alert of the fragments too, which have no ports',
  record: ({ alert, src_port }) => alert !== undefined && src_port === 0,
};

export const LINK_HEADERS: LeftOut = {
  why: 'other headers are before that of IP, and are told of',
  members: ['ether', 'vlan', 'tunnel', 'pkt_src', 'flow.vlan', 'anomaly.layer'],
  rule: rule => /\b(ether\.hdr|vlan\.(id|layers))\b|^\S+\s+(ether|arp|pkthdr)\b/.test(rule),
};

export const PACKET_BYTES: LeftOut = {
  why: 'the bytes of the whole packet, with addresses and checksums',
  members: ['packet', 'packet_info', 'anomaly.packethdr'],
};

export const PACKETS_TOLD_OF: LeftOut = {
  why: 'a message of ICMP carries the packet that it is about, with its addresses',
  where: record => /ICMP/.test(record['proto']),
  members: ['payload', 'payload_printable'],
};

export const ORDER_OF_RULES: LeftOut = {
  why: 'of rules that take away what others set, the order in their file decides',
  rule: rule => /\b(flowbits|xbits|hostbits)\s*:\s*(unset|toggle)/.test(rule),
};

export const TIME_OF_DAY: LeftOut = {
  why: 'whether a certificate has expired is a question of the day',
  rule: rule => /\b(tls_cert_expired|tls_cert_valid|tls_cert_notbefore|tls_cert_notafter)\b/.test(rule),
};

export const RATES: LeftOut = {
  why: 'the rule counts what comes in so many seconds, or lasts for so many',
  rule: rule => /\b(threshold|detection_filter|xbits|hostbits|tag)\s*:|\bflow\.age\b/.test(rule),
};

export const AGE: LeftOut = { why: 'the flow lasts longer or shorter', members: ['flow.age', 'netflow.age'] };

export const COUNTS_OVER_FLOWS: LeftOut = {
  why: 'what counts over several conversations follows the order in which several threads come to them',
  rule: rule => /\b(threshold|detection_filter|hostbits|xbits|tag|dataset)\s*:/.test(rule),
};

export const COUNTS_OVER_CAPTURES: LeftOut = {
  why: 'the rule counts over all that it sees',
  rule: rule => /\bby_rule\b|\bdataset\s*:/.test(rule),
};

export const VERDICTS: LeftOut = {
  why: 'only inline something becomes of a packet',
  members: ['verdict'],
};

export const FILES_AS_THEY_COME: LeftOut = {
  why: 'inline what has come of a file is looked at with each packet',
  rule: rule => /\bfile[._]data\b/.test(rule),
};

/** Without the members that are left out; the record itself stays as it is. */
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
