/** One `eve-log` entry of the outputs: its settings, and which records it logs. */
import type { Config } from '../../engine/config/config.js';
import { type ConfigTree, Config as Settings } from '../../engine/config/config.js';
import { boolean, type Option } from '../../engine/config/option.js';
import { logPath, outputEntries, recordTypes } from '../../engine/config/output-list.js';
import type { SyslogSettings } from '../../engine/log-file/syslog.js';
import { type EveForwardedFor, eveForwardedFor } from '../../engine/record/forwarded-for.js';
import * as Options from './options.js';

/** Settings of one eve-log entry. */
export interface Instance {
  /** Name of its log: a path, or a generated name if it is not a file. */
  readonly file: string;
  /** Destination of its lines. */
  readonly kind: 'regular' | 'unix_stream' | 'unix_dgram' | 'syslog';
  /** Each thread writes its own file. */
  readonly threaded: boolean;
  readonly syslog: SyslogSettings;
  readonly prefix: string;
  readonly pcapFile: boolean;
  readonly metadata: boolean;
  readonly ethernet: boolean;
  readonly version: boolean;
  readonly compressed: boolean;
  readonly communityId: boolean;
  readonly communitySeed: number;
  /** Names under `types`. */
  readonly types: ReadonlySet<string>;
  readonly alert: AlertSettings;
  readonly forwardedFor: EveForwardedFor;
  readonly drop: { readonly alerts: boolean; readonly verdict: boolean; readonly all: boolean };
  readonly flow: { readonly exceptions: boolean };
  readonly anomaly: AnomalySettings;
  readonly stats: StatsSettings;
  readonly dns: DnsSettings;
}

export interface AlertSettings {
  readonly payload: boolean;
  readonly payloadPrintable: boolean;
  readonly payloadLength: boolean;
  readonly payloadSize: number;
  readonly packet: boolean;
  readonly tagged: boolean;
  readonly verdict: boolean;
  readonly flow: boolean;
  readonly appLayer: boolean;
  readonly ruleMetadata: boolean;
  readonly ruleText: boolean;
  readonly references: boolean;
}

export interface AnomalySettings {
  readonly decode: boolean;
  readonly stream: boolean;
  readonly applayer: boolean;
  readonly packetHeader: boolean;
}

export interface StatsSettings {
  readonly totals: boolean;
  readonly threads: boolean;
  readonly deltas: boolean;
  /** Whether counters that are 0 are logged. */
  readonly zeros: boolean;
}

export interface DnsSettings {
  readonly requests: boolean;
  readonly responses: boolean;
  /** Upper case; empty: all. */
  readonly types: readonly string[];
}

/** The enabled eve-log entries, in the order of the configuration. */
export function instancesOf(config: Config): Instance[] {
  const forwarded = eveForwardedFor(config);
  return outputEntries(config, 'eve-log').map((entry, i) => instanceOf(config, entry, forwarded[i]!, i));
}

function instanceOf(config: Config, entry: Config, forwardedFor: EveForwardedFor, index: number): Instance {
  const read = entry.readerBelow(Options.PREFIX);
  const list = recordTypes(read(Options.types));
  const settings = (name: string) => list.get(name) ?? new Settings({});
  const filetype = read(Options.filetype) as Instance['kind'] | 'file';
  const kind = filetype === 'file' ? 'regular' : filetype;
  return {
    file: kind === 'syslog' ? `syslog of output ${index}` : logPath(config, read(Options.filename)),
    kind,
    threaded: kind === 'regular' && read(Options.threaded),
    syslog: {
      identity: read(Options.identity),
      facility: read(Options.facility),
      level: read(Options.level),
    },
    prefix: read(Options.prefix),
    pcapFile: read(Options.pcapFile),
    metadata: read(Options.metadata),
    ethernet: read(Options.ethernet),
    version: read(Options.version),
    compressed: read(Options.compressed),
    communityId: read(Options.communityId),
    communitySeed: read(Options.communitySeed),
    types: new Set(list.keys()),
    alert: alertSettings(settings('alert')),
    forwardedFor,
    drop: dropSettings(settings('drop')),
    flow: { exceptions: settings('flow').readerBelow(`${Options.PREFIX}types.*.flow.`)(Options.exceptions) },
    anomaly: anomalySettings(settings('anomaly')),
    stats: statsSettings(settings('stats')),
    dns: dnsSettings(settings('dns')),
  };
}

function alertSettings(settings: Config): AlertSettings {
  const read = settings.readerBelow(`${Options.PREFIX}types.*.alert.`);
  return {
    payload: read(Options.payload),
    payloadPrintable: read(Options.payloadPrintable),
    payloadLength: read(Options.payloadLength),
    payloadSize: read(Options.payloadSize),
    packet: read(Options.packet),
    tagged: read(Options.tagged),
    verdict: read(Options.verdict),
    ...metadataSettings(read),
  };
}

/** `metadata: yes`, `no`, or which parts of it; parts that are not named keep their defaults. */
function metadataSettings(read: <T>(option: Option<T>) => T) {
  const all = read(Options.alertMetadata);
  return {
    flow: all && read(Options.alertFlow),
    appLayer: all && read(Options.alertAppLayer),
    ruleMetadata: all && read(Options.alertRule),
    ruleText: all && read(Options.alertRuleText),
    references: all && read(Options.alertReference),
  };
}

function dropSettings(settings: Config) {
  const read = settings.readerBelow(`${Options.PREFIX}types.*.drop.`);
  return {
    alerts: read(Options.dropAlerts),
    verdict: read(Options.dropVerdict),
    all: read(Options.dropFlows) === 'all',
  };
}

function anomalySettings(settings: Config): AnomalySettings {
  const read = settings.readerBelow(`${Options.PREFIX}types.*.anomaly.`);
  const kinds = new Settings((read(Options.anomalies) ?? {}) as ConfigTree);
  const kind = (name: string, fallback: boolean) => boolean.parse(kinds.at(name) ?? fallback) ?? fallback;
  return {
    decode: kind('decode', false),
    stream: kind('stream', false),
    applayer: kind('applayer', true),
    packetHeader: read(Options.packetHeader),
  };
}

function statsSettings(settings: Config): StatsSettings {
  const read = settings.readerBelow(`${Options.PREFIX}types.*.stats.`);
  return {
    totals: read(Options.statsTotals),
    threads: read(Options.statsThreads),
    deltas: read(Options.statsDeltas),
    zeros: read(Options.statsZeros),
  };
}

function dnsSettings(settings: Config): DnsSettings {
  const read = settings.readerBelow(`${Options.PREFIX}types.*.dns.`);
  return {
    requests: read(Options.dnsRequests),
    responses: read(Options.dnsResponses),
    types: read(Options.dnsTypes).map(type => type.toUpperCase()),
  };
}

/** File name for a thread with its own file: `eve.3.json` for `eve.json`. */
export function fileOfThread(file: string, number: number): string {
  return /\.[^./]+$/.test(file) ? file.replace(/(\.[^./]+)$/, `.${number}$1`) : `${file}.${number}`;
}
