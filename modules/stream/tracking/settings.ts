/** Configuration of TCP state tracking: `stream` in the YAML. */
import type { Config } from '../../../engine/config/config.js';
import { type AnyOption, boolean, choice, integer, option, size } from '../../../engine/config/option.js';
import { engineMode, midstreamPickup } from '../../../engine/exception-policy.js';

const MEMCAP = option(
  'stream.memcap',
  size,
  64 << 20,
  'memory of all TCP sessions; beyond it no new sessions; 0: as many as flows',
);
const PREALLOC = option(
  'stream.prealloc-sessions',
  integer(0),
  2048,
  'accepted for compatibility: session memory is reserved at startup and used as needed',
);
const ASYNC = option(
  'stream.async-oneside',
  boolean,
  false,
  'track sessions of which only one direction is seen',
);
const INLINE = option(
  'stream.inline',
  choice('auto', 'yes', 'no'),
  'auto',
  'inspect data before it is acknowledged; auto: if engine-mode is ips',
);
const DROP_INVALID = option(
  'stream.drop-invalid',
  boolean,
  true,
  'inline: drop segments that are invalid in their session',
);
const BYPASS = option('stream.bypass', boolean, false, 'bypass flows when the reassembly depth is reached');
const CHECKSUMS = option(
  'stream.checksum-validation',
  boolean,
  true,
  'ignore segments with an invalid checksum',
);
const MAX_SYN_QUEUED = option(
  'stream.max-syn-queued',
  integer(0, 255),
  10,
  'maximum different SYNs kept per session',
);
const MAX_SYNACK_QUEUED = option(
  'stream.max-synack-queued',
  integer(0, 255),
  5,
  'maximum different SYN/ACKs kept per session',
);
const LIBERAL_TIMESTAMPS = option(
  'stream.liberal-timestamps',
  boolean,
  true,
  'accept a timestamp that is older by one, whatever the operating system',
);
const URGENT_POLICY = option(
  'stream.reassembly.urgent.policy',
  choice('oob', 'inline', 'drop', 'gap'),
  'inline',
  'urgent data: out of band, part of the stream, dropped with its packet, or a gap',
);
const URGENT_LIMIT_POLICY = option(
  'stream.reassembly.urgent.oob-limit-policy',
  choice('drop', 'inline', 'gap'),
  'drop',
  'handling of urgent data beyond 64 KiB in one direction',
);
const SIMULATED_MEMCAP = option(
  'simulate.packet-tcp-ssn-memcap',
  integer(0),
  0,
  'fault injection: number of the packet for which the session memcap counts as reached',
);

const SIMULATED_REASSEMBLY_MEMCAP = option(
  'simulate.packet-tcp-reassembly-memcap',
  integer(0),
  0,
  'fault injection: number of the packet whose data cannot be stored',
);

export const trackingOptions: readonly AnyOption[] = [
  MEMCAP,
  PREALLOC,
  midstreamPickup,
  ASYNC,
  INLINE,
  DROP_INVALID,
  BYPASS,
  CHECKSUMS,
  MAX_SYN_QUEUED,
  MAX_SYNACK_QUEUED,
  LIBERAL_TIMESTAMPS,
  URGENT_POLICY,
  URGENT_LIMIT_POLICY,
  SIMULATED_MEMCAP,
  SIMULATED_REASSEMBLY_MEMCAP,
];

export type UrgentPolicy = 'oob' | 'inline' | 'drop' | 'gap';

export class TrackingSettings {
  readonly memcap: number;
  readonly midstream: boolean;
  readonly async: boolean;
  readonly inline: boolean;
  readonly dropInvalid: boolean;
  readonly bypass: boolean;
  readonly checksums: boolean;
  readonly maxSynQueued: number;
  readonly maxSynAckQueued: number;
  readonly liberalTimestamps: boolean;
  readonly urgentPolicy: UrgentPolicy;
  readonly urgentLimitPolicy: UrgentPolicy;
  readonly simulatedMemcap: number;
  readonly simulatedReassemblyMemcap: number;

  constructor(config: Config) {
    const inline = config.read(INLINE);
    this.memcap = config.read(MEMCAP) || Number.POSITIVE_INFINITY;
    this.midstream = config.read(midstreamPickup);
    this.async = config.read(ASYNC);
    this.inline = inline === 'auto' ? config.read(engineMode) === 'ips' : inline === 'yes';
    this.dropInvalid = this.inline && config.read(DROP_INVALID);
    this.bypass = config.read(BYPASS);
    this.checksums = config.read(CHECKSUMS);
    this.maxSynQueued = config.read(MAX_SYN_QUEUED);
    this.maxSynAckQueued = config.read(MAX_SYNACK_QUEUED);
    this.liberalTimestamps = config.read(LIBERAL_TIMESTAMPS);
    this.urgentPolicy = config.read(URGENT_POLICY);
    this.urgentLimitPolicy = config.read(URGENT_LIMIT_POLICY);
    this.simulatedMemcap = config.read(SIMULATED_MEMCAP);
    this.simulatedReassemblyMemcap = config.read(SIMULATED_REASSEMBLY_MEMCAP);
  }
}
