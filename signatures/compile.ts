/**
 * Compiles a rule set: orders the signatures, groups them by protocol, direction, port and buffer, and makes the
 * pattern databases. The result is shared by all threads.
 */

import type { Config } from '../engine/config/config.js';
import { boolean, choice, integer, option, text } from '../engine/config/option.js';
import type { Matcher } from '../engine/matcher.js';
import type { Protocol } from '../engine/protocol.js';
import { indexAddresses } from './compile/address-index.js';
import { AddressSets, PortSets, shared32 } from './compile/address-sets.js';
import { ApplicationSets, applicationRules, framesIn } from './compile/applications.js';
import { DatabaseCache } from './compile/cache.js';
import { Databases, PatternNumbers } from './compile/databases.js';
import { analyzed, type Compiled, type GroupLimits, transportRules } from './compile/groups.js';
import * as Header from './compile/header.js';
import type { IpOnlyRules, RuleSetImage } from './compile/image.js';
import { DEFAULT_ACTION_ORDER, inOrder } from './compile/order.js';
import { ANYTHING, IP_ONLY, PAYLOAD_BUFFERS, TCP, traitsOf, UDP } from './compile/traits.js';
import { ADDRESS_GROUPS } from './rule-settings.js';
import type { Signature } from './signature.js';
import { readThresholdFile, THRESHOLD_FILE, type ThresholdRule, withThresholds } from './threshold-config.js';

export type { RuleSetImage } from './compile/image.js';
export { signatureAt } from './compile/image.js';

const profile = option(
  'detect.profile',
  choice('low', 'medium', 'high', 'custom'),
  'medium',
  'how many port groups signatures are split into: more groups take more memory and look for less in each packet',
);
const toServerGroups = option(
  'detect.custom-values.toserver-groups',
  integer(1, 255),
  8,
  'port groups to the server (profile custom)',
);
const toClientGroups = option(
  'detect.custom-values.toclient-groups',
  integer(1, 255),
  4,
  'port groups to the client (profile custom)',
);
const caching = option('detect.sgh-mpm-caching', boolean, true, 'keep compiled patterns on disk');
const cachingPath = option(
  'detect.sgh-mpm-caching-path',
  text,
  '',
  'folder of compiled patterns; none without one',
);
const actionOrder = option(
  'action-order',
  { expected: 'a list of pass, drop, reject and alert', parse: parseOrder },
  DEFAULT_ACTION_ORDER,
  'actions in the order in which signatures are judged',
);
const history = option(
  'detect.stream-history',
  integer(0, 1 << 20),
  2560,
  'bytes of a stream kept in front of new data for signatures that set no bound themselves',
);

/** Options that compiling reads. */
export const compileOptions = [
  profile,
  toServerGroups,
  toClientGroups,
  caching,
  cachingPath,
  actionOrder,
  history,
  THRESHOLD_FILE,
];

function parseOrder(value: unknown): readonly string[] | undefined {
  const order = Array.isArray(value) ? value.map(String) : undefined;
  return order?.every(action => DEFAULT_ACTION_ORDER.includes(action)) ? order : undefined;
}

/**
 * Groups to the server and to the client. Scanning for a few thousand patterns costs little more than for a few
 * hundred, so that few groups are enough; each takes time to compile, and memory.
 */
const PROFILES = { low: [3, 2], medium: [8, 4], high: [40, 20] } as const;

export interface CompileOptions {
  readonly protocols: readonly Protocol[];
  readonly actionOrder: readonly string[];
  readonly limits: GroupLimits;
  /** Thresholds of `threshold-file`. */
  readonly thresholds?: readonly ThresholdRule[];
  /** The rule set in force, on reload: databases that are the same are taken over. */
  readonly previous?: RuleSetImage;
  /** Folder of compiled patterns. */
  readonly cacheFolder?: string;
  readonly warn?: (message: string) => void;
  /** Signatures that are looked at wherever their header applies, without a search for their pattern before. */
  readonly unsearched?: (signature: Signature) => boolean;
}

/** Options of compiling as the configuration has them. */
export function compileOptionsFrom(
  config: Config,
  protocols: readonly Protocol[],
  warn: (message: string) => void = () => {},
): CompileOptions {
  const chosen = config.read(profile);
  const [toServer, toClient] =
    chosen === 'custom' ? [config.read(toServerGroups), config.read(toClientGroups)] : PROFILES[chosen];
  const thresholds = readThresholdFile(config, addressVariables(config));
  for (const problem of thresholds.problems) warn(problem);
  return {
    protocols,
    thresholds: thresholds.rules,
    warn,
    actionOrder: config.read(actionOrder),
    limits: { toServer, toClient, history: config.read(history) },
    cacheFolder: (config.read(caching) && config.read(cachingPath)) || undefined,
  };
}

/**
 * Frees the databases of a rule set that the next one does not use. Call it when no thread scans with it any more.
 * @param matcher one of this thread that did not import them
 */
export function releaseUnused(matcher: Matcher, before: RuleSetImage, after: RuleSetImage): void {
  const kept = new Set(after.databases.map(database => database.key));
  for (const { key, shared } of before.databases) {
    // Tables of the q-gram matcher are memory like any other.
    if (!kept.has(key) && shared.kind === 'hyperscan') matcher.release(shared.database);
  }
}

function addressVariables(config: Config): Map<string, string> {
  const groups = config.read(ADDRESS_GROUPS);
  const entries = groups !== null && typeof groups === 'object' ? Object.entries(groups) : [];
  return new Map(entries.map(([name, value]) => [name, String(value)]));
}

/**
 * @param rules what `loadRules` gave; `index` of its signatures becomes their number in the image
 * @param matcher a matcher of this thread; databases are shared with others
 */
export function compileRules(
  rules: {
    readonly signatures: readonly Signature[];
    readonly referenceSystems?: Readonly<Record<string, string>>;
  },
  matcher: Matcher,
  options: CompileOptions,
): RuleSetImage {
  const signatures = inOrder(withThresholds(rules.signatures, options.thresholds ?? []), options.actionOrder);
  signatures.forEach((signature, i) => {
    signature.index = i;
  });
  const all = signatures.map(signature => {
    const compiled = analyzed(signature, traitsOf(signature, options.protocols));
    return options.unsearched?.(signature) ? { ...compiled, pattern: undefined } : compiled;
  });
  const sets = { addresses: new AddressSets(), ports: new PortSets(), applications: new ApplicationSets() };
  const { header, text: texts } = headers(all, sets);
  const patterns = new PatternNumbers();
  const databases = new Databases(
    matcher,
    patterns,
    new DatabaseCache(options.cacheFolder, options.warn),
    new Map(options.previous?.databases.map(database => [database.key, database])),
  );
  const transactionsSeeStreams = all.some(
    ({ traits, signature }) =>
      traits.onTransactions && signature.buffers.some(each => PAYLOAD_BUFFERS.has(each.buffer)),
  );
  const tools = { patterns, databases, limits: options.limits, transactionsSeeStreams };
  const groups = {
    tcp: transportRules('tcp', TCP, all, tools),
    udp: transportRules('udp', UDP, all, tools),
    other: transportRules('other', ANYTHING & ~(TCP | UDP), all, tools),
    applications: applicationRules(options.protocols, all, tools),
    frames: framesIn(signatures),
  };
  return {
    matcher: matcher.kind,
    count: signatures.length,
    header,
    text: texts,
    addresses: sets.addresses.table(),
    ports: sets.ports.table(),
    ...groups,
    databases: databases.compiled,
    searches: databases.table(),
    patterns: patterns.table(),
    ipOnly: ipOnlyRules(all),
    events: shared32(all.filter(member => member.eventOnly).map(member => member.signature.index)),
    usesStreamSize: signatures.some(s => s.conditions.some(match => match.kind === 'stream_size')),
    applicationNames: sets.applications.names,
    applicationSets: sets.applications.table(),
    referenceSystems: rules.referenceSystems ?? {},
  };
}

/** Header rows and the text of all signatures. */
function headers(all: readonly Compiled[], sets: Header.Sets): Pick<RuleSetImage, 'header' | 'text'> {
  const header = new Int32Array(new SharedArrayBuffer(Math.max(4, all.length * Header.INTS * 4)));
  const texts = all.map(({ signature }) => Buffer.from(stored(signature)));
  const text = new Uint8Array(
    new SharedArrayBuffer(
      Math.max(
        1,
        texts.reduce((sum, each) => sum + each.length, 0),
      ),
    ),
  );
  let at = 0;
  all.forEach(({ signature, traits, pattern }, i) => {
    Header.writeHeader(header, signature, traits, sets);
    const h = i * Header.INTS;
    header[h + Header.FAST_PATTERN_END] = pattern?.maximumEnd ?? 0;
    header[h + Header.TEXT] = at;
    header[h + Header.TEXT_LENGTH] = texts[i]!.length;
    text.set(texts[i]!, at);
    at += texts[i]!.length;
  });
  return { header, text };
}

/** Addresses and ports are in the tables. */
function stored(signature: Signature): string {
  const { source: _, destination: __, sourcePorts: ___, destinationPorts: ____, ...rest } = signature;
  return JSON.stringify(rest);
}

/** Each is found by the side that has fewer addresses. */
function ipOnlyRules(all: readonly Compiled[]): IpOnlyRules {
  const members = all.filter(member => member.traits.kind === IP_ONLY).map(member => member.signature);
  const indexed = members.filter(s => s.direction !== '<>' && !(s.source.any && s.destination.any));
  const bySource = indexed.filter(
    s => s.destination.any || (!s.source.any && sizeOf(s.source) <= sizeOf(s.destination)),
  );
  const byDestination = indexed.filter(s => !bySource.includes(s));
  return {
    bySource: indexAddresses(bySource.map(s => ({ signature: s.index, set: s.source }))),
    byDestination: indexAddresses(byDestination.map(s => ({ signature: s.index, set: s.destination }))),
    always: shared32(members.filter(s => !indexed.includes(s)).map(s => s.index)),
  };
}

function sizeOf(set: Signature['source']): number {
  return set.v4.reduce((sum, [first, last]) => sum + last - first + 1, 0) + (set.v6.length > 0 ? 2 ** 32 : 0);
}
