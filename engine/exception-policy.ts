/**
 * Exception policies: what happens to a packet and its flow when the engine cannot process them, because a memory cap
 * is reached, a session is picked up midstream or a parser failed.
 *
 * Each place where this can happen is a target with its own option (`stream.memcap-policy`); the master switch
 * `exception-policy` is the default for all.
 */
import type { Config } from './config/config.js';
import { boolean, choice, option } from './config/option.js';

export type Policy =
  | 'ignore'
  | 'drop-packet'
  | 'drop-flow'
  | 'pass-packet'
  | 'pass-flow'
  | 'bypass'
  | 'reject'
  | 'reject-both';

const WORDS = [
  'auto',
  'ignore',
  'drop-packet',
  'drop-flow',
  'pass-packet',
  'pass-flow',
  'bypass',
  'reject',
  'reject-both',
] as const;

export const engineMode = option(
  'engine-mode',
  choice('ids', 'ips'),
  'ids',
  'whether the engine only monitors (ids) or also drops packets (ips)',
);

/** Sessions picked up without their beginning; see `midstreamPolicyOf` for what depends on it. */
export const midstreamPickup = option(
  'stream.midstream',
  boolean,
  false,
  'pick up sessions midstream, without their handshake',
);

/** Statistics option: whether policy actions are counted. */
export const globalStats = option(
  'stats.exception-policy.global-stats',
  boolean,
  true,
  'statistics: count how often exception policies were applied',
);

/** What an exception policy option accepts. */
const policyWord = {
  ...choice(...WORDS, 'unset'),
  refusal: 'not a valid exception policy value',
};

export const masterSwitch = option(
  'exception-policy',
  policyWord,
  'auto',
  'default of all exception policies; auto drops the flow in ips mode and ignores in ids mode',
);

/** A place where an exception can happen. */
export interface ExceptionTarget {
  /** Name in EVE: `stream_midstream`. */
  readonly name: string;
  /** Part of the counter's name: `tcp.midstream`. */
  readonly counter: string;
  /** Dotted path of its option. */
  readonly path: string;
  /** Whether there is a flow that can be dropped, passed or bypassed. */
  readonly hasFlow: boolean;
  /** Default of its option: `unset` defers to the master switch. */
  readonly fallback: 'unset' | 'ignore';
}

/** All targets; the index is the bit in `FlowRecord.EXCEPTIONS`. */
export const TARGETS = {
  streamMemcap: target('stream_memcap', 'tcp.ssn_memcap', 'stream.memcap-policy'),
  reassemblyMemcap: target('stream_reassembly_memcap', 'tcp.reassembly', 'stream.reassembly.memcap-policy'),
  midstream: target('stream_midstream', 'tcp.midstream', 'stream.midstream-policy'),
  flowMemcap: target('flow_memcap', 'flow.memcap', 'flow.memcap-policy', false),
  defragMemcap: target('defrag_memcap', 'defrag.memcap', 'defrag.memcap-policy', false),
  appLayerError: target('app_layer_error', 'app_layer.error', 'app-layer.error-policy'),
  // A limit that Suricata does not have: the master switch of its configurations does not apply to it.
  outOfOrder: target(
    'stream_out_of_order',
    'tcp.out_of_order',
    'stream.reassembly.out-of-order-policy',
    true,
    'ignore',
  ),
} as const;

/** In the order of their bits. */
export const TARGET_LIST: readonly ExceptionTarget[] = Object.values(TARGETS);

function target(
  name: string,
  counter: string,
  path: string,
  hasFlow = true,
  fallback: ExceptionTarget['fallback'] = 'unset',
): ExceptionTarget {
  return { name, counter, path, hasFlow, fallback };
}

/** The option of a target, for the options of the module that applies it. */
export function policyOption(of: ExceptionTarget) {
  return option(
    of.path,
    policyWord,
    of.fallback,
    `exception policy for ${of.name.replaceAll('_', ' ')} (default: that of exception-policy)`,
  );
}

/**
 * The policy in force for a target: its own option, else the master switch, restricted to what the mode and target
 * allow.
 */
export function policyOf(config: Config, of: ExceptionTarget): Policy {
  const own = config.read(policyOption(of));
  const inline = config.read(engineMode) === 'ips';
  const word = own === 'unset' ? config.read(masterSwitch) : own;
  return effectivePolicy(word === 'unset' ? 'auto' : word, of, inline);
}

function effectivePolicy(word: (typeof WORDS)[number], of: ExceptionTarget, inline: boolean): Policy {
  const policy: Policy = word === 'auto' ? (inline ? 'drop-flow' : 'ignore') : word;
  // Without inline mode nothing can be dropped.
  if (!inline && (policy.startsWith('drop') || policy.startsWith('reject'))) return 'ignore';
  if (of.hasFlow) return policy;
  if (policy === 'drop-flow') return 'drop-packet';
  if (policy === 'pass-flow') return 'pass-packet';
  return policy === 'bypass' ? 'ignore' : policy;
}

/**
 * The policy for packets without a session, which depends on `stream.midstream`: if sessions are picked up, only
 * passing the flow is an exception, unless the master switch sets another policy for all exceptions. A policy for a
 * single packet would have to be applied again to each.
 *
 * @throws Error if the option itself requests what is not possible
 */
export function midstreamPolicyOf(config: Config): Policy {
  const midstream = config.read(midstreamPickup);
  const own = config.read(policyOption(TARGETS.midstream));
  const inline = config.read(engineMode) === 'ips';
  const possible = midstream
    ? ['ignore', 'pass-flow']
    : ['ignore', 'pass-flow', 'bypass', 'reject', 'reject-both', ...(inline ? ['drop-flow'] : [])];
  if (own !== 'unset' && own !== 'auto' && !possible.includes(own)) {
    const state = `with stream.midstream ${midstream ? 'on' : 'off'} in ${inline ? 'ips' : 'ids'} mode`;
    throw new Error(
      `stream.midstream-policy: ${own} cannot be used ${state}; expected auto, ${possible.join(', ')}`,
    );
  }
  // Even if nothing can be dropped, the sender of such a packet can be sent a reject.
  if (own === 'reject' || own === 'reject-both') return own;
  const policy = policyOf(config, TARGETS.midstream);
  const chosen = own === 'unset' && !['auto', 'unset'].includes(config.read(masterSwitch));
  return possible.includes(policy) || (chosen && !policy.endsWith('-packet')) ? policy : 'ignore';
}

/** The exceptions of a flow, for EVE `flow.exception_policy`. */
export function exceptionsOf(config: Config, bits: number): { target: string; policy: string }[] {
  return TARGET_LIST.filter((_, i) => bits & (1 << i)).map(of => ({
    target: of.name,
    policy: (of === TARGETS.midstream ? midstreamPolicyOf(config) : policyOf(config, of)).replaceAll(
      '-',
      '_',
    ),
  }));
}
