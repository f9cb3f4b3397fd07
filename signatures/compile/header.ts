/**
 * The header conditions of all signatures as one integer table, so that most candidates are rejected without touching
 * an object: `table[signature * INTS + FIELD]`.
 */

import type { IntegerTest } from '../keywords/integers.js';
import type { Match, Signature } from '../signature.js';
import type { AddressSets, PortSets } from './address-sets.js';
import type { ApplicationSets } from './application-sets.js';
import { IP_ONLY, LIKE_IP_ONLY, type Traits } from './traits.js';

export const INTS = 19;

/** Unbounded. */
const UNBOUNDED = 0x7fffffff;

/** NEED_ bits: the packet must have all of them. */
export const REQUIRED = 0;
/** Transports (bits of `traits.ts`): one of them must be the packet's. */
export const TRANSPORTS = 1;
/** Numbers of address and port sets; -1 for any. */
export const SOURCE = 2;
export const DESTINATION = 3;
export const SOURCE_PORTS = 4;
export const DESTINATION_PORTS = 5;
/** OPTION_ bits. */
export const OPTIONS = 6;
/** Kind of signature (constants of `traits.ts`). */
export const KIND = 7;
/** One of the ACTION_ constants. */
export const ACTION = 8;
export const PRIORITY = 9;
/** Location of the full signature (see `SignatureStore`): block offset, line in the block. */
export const TEXT_BLOCK = 10;
export const TEXT_LINE = 18;
/** Hash of the rule text: equal for the same rule, wherever it is in its file. */
export const TEXT_SUM = 11;
/** Maximum end offset of its fast pattern from the beginning of the buffer; 0 if unbounded. */
export const FAST_PATTERN_END = 12;
/** Payload size in bytes (dsize): minimum and maximum. */
export const PAYLOAD_MINIMUM = 13;
export const PAYLOAD_MAXIMUM = 14;
/** Set of application protocols (see `ApplicationSets`); -1 for any. */
export const APPLICATION = 15;
export const GID = 16;
export const SID = 17;

// ── required packet properties ──────────────────────────────────────────────────────────────────────
export const NEED_IPV4 = 1 << 0;
export const NEED_IPV6 = 1 << 1;
export const NEED_FLOW = 1 << 2;
export const NEED_TO_SERVER = 1 << 3;
export const NEED_TO_CLIENT = 1 << 4;
export const NEED_ESTABLISHED = 1 << 5;
export const NEED_NOT_ESTABLISHED = 1 << 6;
export const NEED_FRAGMENT = 1 << 7;
export const NEED_NO_FRAGMENT = 1 << 8;
export const NEED_EVENTS = 1 << 9;
export const NEED_PAYLOAD = 1 << 10;
export const NEED_FIRST_OF_DIRECTION = 1 << 11;
export const NEED_SYN = 1 << 12;
export const NEED_ACK = 1 << 13;
export const NEED_FIN = 1 << 14;
export const NEED_RST = 1 << 15;
export const NEED_NO_SYN = 1 << 16;
export const NEED_NO_ACK = 1 << 17;
export const NEED_VALID = 1 << 18;
export const NEED_APPLICATION = 1 << 19;
export const NEED_FLOW_START = 1 << 20;

// ── options ─────────────────────────────────────────────────────────────────────────────────────────
export const OPTION_NO_ALERT = 1 << 0;
export const OPTION_BIDIRECTIONAL = 1 << 1;
export const OPTION_ON_TRANSACTIONS = 1 << 4;
/** It has thresholds, its own or from threshold.config. */
export const OPTION_THRESHOLD = 1 << 5;
export const OPTION_TRANSACTIONAL = 1 << 8;
/** `flow:only_stream`: never evaluated on single packets. */
export const OPTION_ONLY_STREAM = 1 << 9;
/** It alerts although its action is pass or accept. */
export const OPTION_ALERT_TOO = 1 << 10;

/** `drop:flow`, `pass:packet`: explicit scope of the action, regardless of the kind of signature. */
export const OPTION_TO_FLOW = 1 << 11;
export const OPTION_TO_PACKET = 1 << 12;
/** Evaluated by the firewall. */
export const OPTION_FIREWALL = 1 << 13;

export const ACTION_ALERT = 1;
export const ACTION_PASS = 2;
export const ACTION_DROP = 3;
export const ACTION_REJECT = 4;
export const ACTION_REJECT_DESTINATION = 5;
export const ACTION_REJECT_BOTH = 6;
export const ACTION_CONFIG = 7;

const ACTIONS: Readonly<Record<string, number>> = {
  alert: ACTION_ALERT,
  pass: ACTION_PASS,
  drop: ACTION_DROP,
  reject: ACTION_REJECT,
  rejectsrc: ACTION_REJECT,
  rejectdst: ACTION_REJECT_DESTINATION,
  rejectboth: ACTION_REJECT_BOTH,
  config: ACTION_CONFIG,
};

export interface Sets {
  readonly addresses: AddressSets;
  readonly ports: PortSets;
  readonly applications: ApplicationSets;
}

/** Writes a signature's row at `h`. */
export function writeHeader(
  table: Int32Array,
  h: number,
  signature: Signature,
  traits: Traits,
  sets: Sets,
): void {
  table[h + REQUIRED] = required(signature, traits);
  table[h + TRANSPORTS] = traits.transports;
  table[h + SOURCE] = sets.addresses.numberOf(signature.source);
  table[h + DESTINATION] = sets.addresses.numberOf(signature.destination);
  table[h + SOURCE_PORTS] = sets.ports.numberOf(signature.sourcePorts);
  table[h + DESTINATION_PORTS] = sets.ports.numberOf(signature.destinationPorts);
  table[h + OPTIONS] = options(signature, traits);
  table[h + KIND] = traits.kind;
  table[h + ACTION] = ACTIONS[signature.action] ?? ACTION_ALERT;
  table[h + PRIORITY] = signature.priority;
  table[h + GID] = signature.gid;
  table[h + SID] = signature.sid;
  const size = payloadSize(signature);
  table[h + PAYLOAD_MINIMUM] = size[0];
  table[h + PAYLOAD_MAXIMUM] = size[1];
  table[h + APPLICATION] = sets.applications.setOf(traits.applications);
}

function options(signature: Signature, traits: Traits): number {
  let bits = 0;
  if (signature.noalert) bits |= OPTION_NO_ALERT;
  if (signature.direction === '<>') bits |= OPTION_BIDIRECTIONAL;
  if (signature.direction === '=>') bits |= OPTION_TRANSACTIONAL;
  if (traits.onTransactions) bits |= OPTION_ON_TRANSACTIONS;
  if (signature.thresholds.length > 0) bits |= OPTION_THRESHOLD;
  if (signature.conditions.some(match => match.kind === 'flow' && match['stream'] === 'only_stream'))
    bits |= OPTION_ONLY_STREAM;
  if (signature.alertToo) bits |= OPTION_ALERT_TOO;
  if (signature.scope === 'flow') bits |= OPTION_TO_FLOW;
  if (signature.scope === 'packet') bits |= OPTION_TO_PACKET;
  if (signature.firewall) bits |= OPTION_FIREWALL;
  return bits;
}

const STATES: Readonly<Record<string, number>> = {
  established: NEED_ESTABLISHED,
  not_established: NEED_NOT_ESTABLISHED,
};
const DIRECTIONS: Readonly<Record<string, number>> = { to_server: NEED_TO_SERVER, to_client: NEED_TO_CLIENT };
const FRAGMENTS: Readonly<Record<string, number>> = { only_frag: NEED_FRAGMENT, no_frag: NEED_NO_FRAGMENT };

function required(signature: Signature, traits: Traits): number {
  let need = 0;
  if (traits.ipVersion === 4) need |= NEED_IPV4;
  if (traits.ipVersion === 6) need |= NEED_IPV6;
  if (traits.kind === IP_ONLY || traits.kind === LIKE_IP_ONLY) need |= NEED_FIRST_OF_DIRECTION;
  if (traits.applications.length > 0 || traits.onTransactions) need |= NEED_APPLICATION | NEED_FLOW;
  if (signature.hook === 'flow_start') need |= NEED_FLOW | NEED_FLOW_START;
  for (const match of signature.conditions) need |= neededBy(match);
  return isForUndecodable(need, traits) ? need : need | NEED_VALID;
}

/** A packet whose transport could not be decoded has only events and addresses to inspect. */
function isForUndecodable(need: number, { kind }: Traits): boolean {
  return (need & NEED_EVENTS) !== 0 || kind === IP_ONLY || kind === LIKE_IP_ONLY;
}

function neededBy(match: Match): number {
  switch (match.kind) {
    case 'flow':
      return (
        NEED_FLOW |
        (STATES[String(match['state'])] ?? 0) |
        (DIRECTIONS[String(match['direction'])] ?? 0) |
        (FRAGMENTS[String(match['fragment'])] ?? 0)
      );
    case 'tcp.flags':
      return neededFlags(match);
    case 'decode-event':
    case 'stream-event':
    case 'engine-event':
      return NEED_EVENTS;
    case 'stream_size':
    case 'flowbits':
    case 'flowint':
    case 'app-layer-protocol':
      return NEED_FLOW;
    default:
      return 0;
  }
}

const SYN = 2;
const ACK = 16;

/** Required SYN and ACK bits of `tcp.flags`: they rule out nearly all packets. The full condition is tested later. */
function neededFlags(match: Match): number {
  const bits = Number(match['bits']);
  const exact = match['modifier'] === '';
  if (!exact && match['modifier'] !== '+') return 0;
  const looked = ~Number(match['ignored']);
  let need = 0;
  if (looked & SYN) need |= bits & SYN ? NEED_SYN : exact ? NEED_NO_SYN : 0;
  if (looked & ACK) need |= bits & ACK ? NEED_ACK : exact ? NEED_NO_ACK : 0;
  return need;
}

/** Bounds from a simple `dsize`, which is tested again with the other conditions. */
function payloadSize(signature: Signature): [number, number] {
  const test = signature.conditions.find(match => match.kind === 'dsize')?.['test'] as
    | IntegerTest
    | undefined;
  const a = Number(test?.a);
  switch (test?.mode) {
    case '=':
      return [a, a];
    case '>':
      return [a + 1, UNBOUNDED];
    case '>=':
      return [a, UNBOUNDED];
    case '<':
      return [0, a - 1];
    case '<=':
      return [0, a];
    case 'range':
      return [a + 1, Number(test.b) - 1];
    default:
      return [0, UNBOUNDED];
  }
}
