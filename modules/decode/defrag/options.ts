/** Configuration of defragmentation, under Suricata's names. */
import type { Config } from '../../../engine/config/config.js';
import { boolean, integer, memory, option, tree } from '../../../engine/config/option.js';
import { engineMode, policyOption, TARGETS } from '../../../engine/exception-policy.js';
import { PrefixTable } from '../../../engine/prefix-table.js';
import { hostOsOptions } from '../../../engine/stream/host-os-policy.js';

const memcap = option('defrag.memcap', memory, 32 << 20, 'memory for pending fragments, per decoding thread');
const hashSize = option('defrag.hash-size', integer(1, 1 << 24), 65536, 'size of the hash table of trackers');
const trackers = option('defrag.trackers', integer(1, 1 << 24), 65535, 'maximum incomplete datagrams');
const maxFrags = option('defrag.max-frags', integer(1, 1 << 24), 65535, 'maximum pending fragments');
const prealloc = option(
  'defrag.prealloc',
  boolean,
  true,
  'accepted for compatibility: trackers are allocated when needed',
);
const timeout = option(
  'defrag.timeout',
  integer(1, 3600),
  60,
  'timeout of an incomplete datagram, in seconds after its last fragment',
);
const holdPackets = option(
  'defrag.hold-packets',
  integer(0, 1 << 20),
  256,
  'inline: maximum fragments held for the verdict of their datagram; 0: fragments are not held',
);
const holdTime = option(
  'defrag.hold-time',
  integer(0, 3600),
  1,
  'inline: seconds for which fragments are held; incomplete datagrams are then dropped',
);
const hostConfig = option(
  'defrag.host-config',
  tree,
  undefined,
  'timeouts per host: lists of `timeout` and `address`',
);
/** Set by `--simulate-packet-defrag-memcap`. */
const simulatedMemcap = option(
  'simulate.packet-defrag-memcap',
  integer(),
  0,
  'fault injection: number of the packet at which the memcap of fragments counts as reached',
);

export const options = [
  memcap,
  hashSize,
  trackers,
  maxFrags,
  prealloc,
  timeout,
  holdPackets,
  holdTime,
  hostConfig,
  policyOption(TARGETS.defragMemcap),
  ...hostOsOptions,
  simulatedMemcap,
];

export interface DefragSettings {
  readonly memcap: number;
  readonly hashSize: number;
  readonly trackers: number;
  readonly maxFragments: number;
  /** Seconds, for hosts without an entry in `hostTimeouts`. */
  readonly timeout: number;
  readonly shortestTimeout: number;
  readonly hostTimeouts: PrefixTable<number>;
  /** Number of the packet for which a reached memcap is simulated; 0: none. */
  readonly simulatedMemcap: number;
  /** Maximum packets held until their datagram is complete, 0 where nothing can be dropped; and maximum seconds. */
  readonly holdPackets: number;
  readonly holdTime: number;
}

export function readSettings(config: Config): DefragSettings {
  const hostTimeouts = new PrefixTable<number>();
  const fallback = config.read(timeout);
  return {
    memcap: config.read(memcap),
    hashSize: config.read(hashSize),
    trackers: config.read(trackers),
    maxFragments: config.read(maxFrags),
    timeout: fallback,
    shortestTimeout: Math.min(fallback, ...fillHostTimeouts(config.read(hostConfig), hostTimeouts)),
    hostTimeouts,
    simulatedMemcap: config.read(simulatedMemcap),
    holdPackets: config.read(engineMode) === 'ips' ? config.read(holdPackets) : 0,
    holdTime: config.read(holdTime),
  };
}

/** Entries are `- NAME: { timeout: SECONDS, address: [NETWORK, …] }`, or without the name. @returns the timeouts */
function fillHostTimeouts(tree: unknown, table: PrefixTable<number>): number[] {
  const seconds: number[] = [];
  for (const entry of Array.isArray(tree) ? tree : []) {
    for (const host of hostsOf(entry)) {
      const { timeout: text, address } = (host ?? {}) as { timeout?: unknown; address?: unknown };
      const value = timeout.type.parse(text);
      if (value === undefined) continue;
      seconds.push(value);
      for (const network of Array.isArray(address) ? address : [address]) table.add(String(network), value);
    }
  }
  return seconds;
}

function hostsOf(entry: unknown): unknown[] {
  if (entry === null || typeof entry !== 'object') return [];
  return 'timeout' in entry ? [entry] : Object.values(entry);
}
