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
function entryOption<T>(path: string, type: OptionType<T>, fallback: T, summary: string) {
  return option(`${PREFIX}${path}`, type, fallback, summary);
}

/** Declares an option of a record type. */
function typeOption<T>(path: string, type: OptionType<T>, fallback: T, summary: string) {
  return entryOption(`types.*.${path}`, type, fallback, summary);
}

export const enabled = entryOption('enabled', boolean, true, 'enable this log');
export const filetype = entryOption(
  'filetype',
  choice('regular', 'file', 'unix_stream', 'unix_dgram', 'syslog'),
  'regular',
  'destination: a regular file, a Unix socket, or syslog',
);
export const threaded = entryOption('threaded', boolean, false, 'one file per thread: eve.1.json');
export const identity = entryOption('identity', text, 'suricata', 'syslog identity');
export const facility = entryOption('facility', syslogFacility, 'local5', 'syslog facility');
export const level = entryOption('level', syslogLevel, 'info', 'syslog level');
export const filename = entryOption('filename', text, 'eve.json', 'file name; one record per line');
export const prefix = entryOption('prefix', text, '', 'text before each record, such as "@cee: "');
export const pcapFile = entryOption('pcap-file', boolean, false, 'log the capture file of each record');
export const metadata = entryOption('metadata', boolean, true, 'log flowbits and other flow variables');
export const ethernet = entryOption('ethernet', boolean, false, 'log MAC addresses');
export const version = entryOption(
  'suricata-version',
  boolean,
  false,
  'log the Suricata version of the record format',
);
export const compressed = entryOption(
  'ipv6-compress',
  boolean,
  false,
  'write IPv6 addresses in their short form',
);
export const communityId = entryOption('community-id', boolean, false, 'log the Community ID of the flow');
export const communitySeed = entryOption(
  'community-id-seed',
  integer(0, 65535),
  0,
  'seed of the Community ID',
);
export const types = entryOption('types', tree, [], 'record types to log, each with its settings');

export const typeEnabled = typeOption('*.enabled', boolean, true, 'log records of this type');
export const payload = typeOption('alert.payload', boolean, false, 'log the payload of alerts in base64');
export const payloadPrintable = typeOption(
  'alert.payload-printable',
  boolean,
  false,
  'log the payload of alerts as text',
);
export const payloadLength = typeOption(
  'alert.payload-length',
  boolean,
  false,
  'log the payload length of alerts',
);
export const payloadSize = typeOption(
  'alert.payload-buffer-size',
  size,
  4096,
  'maximum payload bytes in an alert',
);
export const packet = typeOption('alert.packet', boolean, false, 'log the packet of alerts in base64');
export const tagged = typeOption('alert.tagged-packets', boolean, true, 'log packets tagged by a rule');
export const verdict = typeOption('alert.verdict', boolean, false, 'log the verdict in alerts');
export const alertMetadata = typeOption(
  'alert.metadata',
  boolean,
  true,
  'log flow, protocol and rule data in alerts; default of the three settings below',
);
export const alertFlow = typeOption('alert.metadata.flow', boolean, true, 'log flow data in alerts');
export const alertAppLayer = typeOption(
  'alert.metadata.app-layer',
  boolean,
  true,
  'log the transaction in alerts',
);
export const alertRule = typeOption(
  'alert.metadata.rule.metadata',
  boolean,
  true,
  'log rule metadata in alerts',
);
export const alertRuleText = typeOption(
  'alert.metadata.rule.raw',
  boolean,
  false,
  'log the rule text in alerts',
);
export const alertReference = typeOption(
  'alert.metadata.rule.reference',
  boolean,
  false,
  'log rule references in alerts',
);
export const dropAlerts = typeOption('drop.alerts', boolean, false, 'log the signature in drop records');
export const dropVerdict = typeOption('drop.verdict', boolean, false, 'log the verdict in drop records');
export const dropFlows = typeOption(
  'drop.flows',
  choice('start', 'all'),
  'start',
  'log the first drop of each direction of a flow, or all',
);
export const exceptions = typeOption(
  'flow.exception-policy',
  boolean,
  true,
  'log the applied exception policies in flow records',
);
export const anomalies = typeOption(
  'anomaly.types',
  mapping('decode', 'stream', 'applayer'),
  {},
  'logged anomaly types: decode, stream, applayer',
);
export const packetHeader = typeOption(
  'anomaly.packethdr',
  boolean,
  false,
  'log the first bytes of the packet in anomalies',
);
export const statsTotals = typeOption('stats.totals', boolean, true, 'log totals of all threads');
export const statsThreads = typeOption('stats.threads', boolean, false, 'log statistics per thread');
export const statsDeltas = typeOption(
  'stats.deltas',
  boolean,
  false,
  'log the change of each counter since the last record',
);
export const statsZeros = typeOption('stats.null-values', boolean, true, 'also log counters that are 0');
export const dnsRequests = typeOption('dns.requests', boolean, true, 'log DNS requests');
export const dnsResponses = typeOption('dns.responses', boolean, true, 'log DNS responses');
export const dnsTypes = typeOption('dns.types', texts, [], 'logged DNS record types; empty: all');

/** All options of an eve-log entry that the outputs themselves read. */
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
