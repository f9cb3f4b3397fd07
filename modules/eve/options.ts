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

export const enabled = ofEntry('enabled', boolean, true, 'enable this log');
export const filetype = ofEntry(
  'filetype',
  choice('regular', 'file', 'unix_stream', 'unix_dgram', 'syslog'),
  'regular',
  'destination: a regular file, a Unix socket, or syslog',
);
export const threaded = ofEntry('threaded', boolean, false, 'one file per thread: eve.1.json');
export const identity = ofEntry('identity', text, 'suricata', 'syslog identity');
export const facility = ofEntry('facility', syslogFacility, 'local5', 'syslog facility');
export const level = ofEntry('level', syslogLevel, 'info', 'syslog level');
export const filename = ofEntry('filename', text, 'eve.json', 'file name; one record per line');
export const prefix = ofEntry('prefix', text, '', 'text before each record, such as "@cee: "');
export const pcapFile = ofEntry('pcap-file', boolean, false, 'log the capture file of each record');
export const metadata = ofEntry('metadata', boolean, true, 'log flowbits and other flow variables');
export const ethernet = ofEntry('ethernet', boolean, false, 'tell MAC addresses');
export const version = ofEntry(
  'suricata-version',
  boolean,
  false,
  'log the Suricata version of the record format',
);
export const compressed = ofEntry(
  'ipv6-compress',
  boolean,
  false,
  'write IPv6 addresses in their short form',
);
export const communityId = ofEntry('community-id', boolean, false, 'log the Community ID of the flow');
export const communitySeed = ofEntry('community-id-seed', integer(0, 65535), 0, 'seed of the Community ID');
export const types = ofEntry('types', tree, [], 'record types to log, each with its settings');

export const typeEnabled = ofType('*.enabled', boolean, true, 'log records of this type');
export const payload = ofType('alert.payload', boolean, false, 'log the payload of alerts in base64');
export const payloadPrintable = ofType(
  'alert.payload-printable',
  boolean,
  false,
  'log the payload of alerts as text',
);
export const payloadLength = ofType(
  'alert.payload-length',
  boolean,
  false,
  'log the payload length of alerts',
);
export const payloadSize = ofType(
  'alert.payload-buffer-size',
  size,
  4096,
  'maximum payload bytes in an alert',
);
export const packet = ofType('alert.packet', boolean, false, 'log the packet of alerts in base64');
export const tagged = ofType('alert.tagged-packets', boolean, true, 'log packets tagged by a rule');
export const verdict = ofType('alert.verdict', boolean, false, 'log the verdict in alerts');
export const alertMetadata = ofType(
  'alert.metadata',
  boolean,
  true,
  'log flow, protocol and rule data in alerts; default of the three settings below',
);
export const alertFlow = ofType('alert.metadata.flow', boolean, true, 'log flow data in alerts');
export const alertAppLayer = ofType(
  'alert.metadata.app-layer',
  boolean,
  true,
  'log the transaction in alerts',
);
export const alertRule = ofType('alert.metadata.rule.metadata', boolean, true, 'log rule metadata in alerts');
export const alertRuleText = ofType('alert.metadata.rule.raw', boolean, false, 'log the rule text in alerts');
export const alertReference = ofType(
  'alert.metadata.rule.reference',
  boolean,
  false,
  'log rule references in alerts',
);
export const dropAlerts = ofType('drop.alerts', boolean, false, 'log the signature in drop records');
export const dropVerdict = ofType('drop.verdict', boolean, false, 'log the verdict in drop records');
export const dropFlows = ofType(
  'drop.flows',
  choice('start', 'all'),
  'start',
  'log the first drop of each direction of a flow, or all',
);
export const exceptions = ofType(
  'flow.exception-policy',
  boolean,
  true,
  'log the applied exception policies in flow records',
);
export const anomalies = ofType(
  'anomaly.types',
  mapping('decode', 'stream', 'applayer'),
  {},
  'logged anomaly types: decode, stream, applayer',
);
export const packetHeader = ofType(
  'anomaly.packethdr',
  boolean,
  false,
  'log the first bytes of the packet in anomalies',
);
export const statsTotals = ofType('stats.totals', boolean, true, 'log totals of all threads');
export const statsThreads = ofType('stats.threads', boolean, false, 'log statistics per thread');
export const statsDeltas = ofType(
  'stats.deltas',
  boolean,
  false,
  'log the change of each counter since the last record',
);
export const statsZeros = ofType('stats.null-values', boolean, true, 'also log counters that are 0');
export const dnsRequests = ofType('dns.requests', boolean, true, 'log DNS requests');
export const dnsResponses = ofType('dns.responses', boolean, true, 'log DNS responses');
export const dnsTypes = ofType('dns.types', texts, [], 'logged DNS record types; empty: all');

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
