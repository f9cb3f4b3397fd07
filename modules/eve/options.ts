/** Options of an `eve-log` entry and of its record types. */
import {
  boolean,
  choice,
  integer,
  mapping,
  type OptionType,
  option,
  size,
  text,
  texts,
  tree,
} from '../../engine/config/option.js';
import { syslogFacility, syslogLevel } from '../../engine/log-file/syslog.js';

/** Path of an entry's settings. */
export const PREFIX = 'outputs.*.eve-log.';

/** Declares an option of an eve-log entry. */
function ofEntry<T>(path: string, type: OptionType<T>, fallback: T, summary: string) {
  return option(`${PREFIX}${path}`, type, fallback, summary);
}

/** Declares an option of a record type. */
function ofType<T>(path: string, type: OptionType<T>, fallback: T, summary: string) {
  return ofEntry(`types.*.${path}`, type, fallback, summary);
}

export const enabled = ofEntry('enabled', boolean, true, 'whether this log is written');
export const filetype = ofEntry(
  'filetype',
  choice('regular', 'file', 'unix_stream', 'unix_dgram', 'syslog'),
  'regular',
  'where lines go: a regular file, a socket of the file system, or the log of the system',
);
export const threaded = ofEntry('threaded', boolean, false, 'a file for each thread: eve.1.json');
export const identity = ofEntry('identity', text, 'suricata', 'name in the log of the system');
export const facility = ofEntry('facility', syslogFacility, 'local5', 'facility in the log of the system');
export const level = ofEntry('level', syslogLevel, 'info', 'level in the log of the system');
export const filename = ofEntry('filename', text, 'eve.json', 'file the records are written to, one a line');
export const prefix = ofEntry('prefix', text, '', 'text before each record, such as "@cee: "');
export const pcapFile = ofEntry('pcap-file', boolean, false, 'tell the capture file a record comes from');
export const metadata = ofEntry('metadata', boolean, true, 'tell flowbits and other variables of the flow');
export const ethernet = ofEntry('ethernet', boolean, false, 'tell MAC addresses');
export const version = ofEntry(
  'suricata-version',
  boolean,
  false,
  'tell the version whose records these are',
);
export const compressed = ofEntry(
  'ipv6-compress',
  boolean,
  false,
  'write IPv6 addresses in their short form',
);
export const communityId = ofEntry('community-id', boolean, false, 'tell the Community ID of the flow');
export const communitySeed = ofEntry('community-id-seed', integer(0, 65535), 0, 'seed of the Community ID');
export const types = ofEntry('types', tree, [], 'records to log, by name, each with its settings');

export const typeEnabled = ofType('*.enabled', boolean, true, 'whether records of this type are logged');
export const payload = ofType('alert.payload', boolean, false, 'alerts have the payload in base64');
export const payloadPrintable = ofType(
  'alert.payload-printable',
  boolean,
  false,
  'alerts have the payload as text',
);
export const payloadLength = ofType(
  'alert.payload-length',
  boolean,
  false,
  'alerts have the length of the payload',
);
export const payloadSize = ofType('alert.payload-buffer-size', size, 4096, 'most payload bytes in an alert');
export const packet = ofType('alert.packet', boolean, false, 'alerts have the packet in base64');
export const tagged = ofType('alert.tagged-packets', boolean, true, 'packets tagged by a rule are logged');
export const verdict = ofType('alert.verdict', boolean, false, 'alerts tell what became of the packet');
export const alertMetadata = ofType(
  'alert.metadata',
  boolean,
  true,
  'alerts have flow, protocol and rule data, for what is not said by itself',
);
export const alertFlow = ofType('alert.metadata.flow', boolean, true, 'alerts have data of the flow');
export const alertAppLayer = ofType(
  'alert.metadata.app-layer',
  boolean,
  true,
  'alerts have the record of their transaction',
);
export const alertRule = ofType(
  'alert.metadata.rule.metadata',
  boolean,
  true,
  'alerts have metadata of rules',
);
export const alertRuleText = ofType(
  'alert.metadata.rule.raw',
  boolean,
  false,
  'alerts have the text of rules',
);
export const alertReference = ofType(
  'alert.metadata.rule.reference',
  boolean,
  false,
  'alerts have references of rules',
);
export const dropAlerts = ofType(
  'drop.alerts',
  boolean,
  false,
  'drop records tell the signature that dropped',
);
export const dropVerdict = ofType('drop.verdict', boolean, false, 'drop records tell the verdict');
export const dropFlows = ofType(
  'drop.flows',
  choice('start', 'all'),
  'start',
  'the first drop of each direction of a flow, or all',
);
export const exceptions = ofType(
  'flow.exception-policy',
  boolean,
  true,
  'flow records tell the exception policies applied',
);
export const anomalies = ofType(
  'anomaly.types',
  mapping('decode', 'stream', 'applayer'),
  {},
  'kinds of anomalies logged: decode, stream, applayer',
);
export const packetHeader = ofType(
  'anomaly.packethdr',
  boolean,
  false,
  'anomalies have the first bytes of the packet',
);
export const statsTotals = ofType('stats.totals', boolean, true, 'statistics of all threads together');
export const statsThreads = ofType('stats.threads', boolean, false, 'statistics of each thread');
export const statsDeltas = ofType(
  'stats.deltas',
  boolean,
  false,
  'change of each number since the last record',
);
export const statsZeros = ofType('stats.null-values', boolean, true, 'numbers that are 0, too');
export const dnsRequests = ofType('dns.requests', boolean, true, 'DNS requests are logged');
export const dnsResponses = ofType('dns.responses', boolean, true, 'DNS responses are logged');
export const dnsTypes = ofType('dns.types', texts, [], 'DNS record types logged; all when empty');

/** Everything an eve-log entry accepts that the outputs themselves read. */
export const eveOptions = [
  ...[threaded, identity, facility, level],
  ...[enabled, filetype, filename, prefix, pcapFile, metadata, ethernet, version, compressed, communityId],
  ...[
    communitySeed,
    types,
    typeEnabled,
    payload,
    payloadPrintable,
    payloadLength,
    payloadSize,
    packet,
    tagged,
  ],
  ...[alertMetadata, alertFlow, alertAppLayer, alertRule, alertRuleText, alertReference],
  ...[verdict, dropAlerts, dropVerdict, dropFlows, exceptions, anomalies, packetHeader],
  ...[statsTotals, statsThreads, statsDeltas, statsZeros, dnsRequests, dnsResponses, dnsTypes],
] as const;
