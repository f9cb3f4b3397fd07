/**
 * A parser failed on a flow, or cannot resume after a gap: this is counted, and `app-layer.error-policy` decides about
 * the packet and its flow.
 */
import { type AnyOption, boolean, integer, option } from '../config/option.js';
import { ExceptionPolicy } from '../exception-policy/applying.js';
import { policyOption, TARGETS } from '../exception-policy.js';
import { DecidedFlows } from '../flow/decided-flows.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { Protocol } from '../protocol.js';
import { REASON_APPLAYER_ERROR } from '../verdict.js';
import type { Transport } from './recognition.js';

const PER_PROTOCOL = option(
  'stats.exception-policy.per-app-proto-errors',
  boolean,
  false,
  'statistics: also count exception policies after parser errors per protocol',
);
const NO_OFFSET = -1;
const AT_TO_SERVER = simulated('ts');
const AT_TO_CLIENT = simulated('tc');

/** Fault injection: `--simulate-applayer-error-at-offset-ts` and `-tc`. */
function simulated(direction: string) {
  const help =
    'fault injection: the parser fails at data that begins at this offset (each datagram counts as one)';
  return option(`simulate.applayer-error-at-offset-${direction}`, integer(NO_OFFSET), NO_OFFSET, help);
}

export const PARSER_ERROR_OPTIONS: readonly AnyOption[] = [
  policyOption(TARGETS.appLayerError),
  PER_PROTOCOL,
  AT_TO_SERVER,
  AT_TO_CLIENT,
];

export class ParserErrors {
  /** Errors are to be simulated. */
  readonly simulating: boolean;
  private readonly policy: ExceptionPolicy;
  private readonly decidedFlows: DecidedFlows;
  private readonly values: Float64Array;
  private readonly ofProtocols: readonly Readonly<Record<Transport, number>>[];
  private readonly failAtToServer: number;
  private readonly failAtToClient: number;

  constructor(thread: Thread, protocols: readonly Protocol[]) {
    const { config, counters } = thread;
    this.policy = new ExceptionPolicy(thread, TARGETS.appLayerError, REASON_APPLAYER_ERROR);
    this.decidedFlows = new DecidedFlows(thread);
    this.values = counters.values;
    const counted = config.read(PER_PROTOCOL) && this.policy.policy !== 'ignore';
    this.ofProtocols = counted
      ? protocols.map(protocol => ({
          tcp: this.policy.declareFor(thread, `app_layer.error.${nameOn(protocol, 'tcp')}.exception_policy`),
          udp: this.policy.declareFor(thread, `app_layer.error.${nameOn(protocol, 'udp')}.exception_policy`),
        }))
      : [];
    this.failAtToServer = config.read(AT_TO_SERVER);
    this.failAtToClient = config.read(AT_TO_CLIENT);
    this.simulating = this.failAtToServer !== NO_OFFSET || this.failAtToClient !== NO_OFFSET;
  }

  /**
   * Applies the policy to the current packet and its flow.
   * @param p row of the packet  @param protocol its number
   * @returns whether the decision about the flow also applies to its next packets
   */
  apply(p: number, flow: number, protocol: number, transport: Transport): boolean {
    const counter = this.ofProtocols[protocol]?.[transport];
    if (counter !== undefined) this.values[counter]!++;
    this.policy.apply(p / Packet.INTS, flow);
    return this.decidedFlows.has(flow);
  }

  /** @throws Error if one is to be simulated for data at this offset of its direction */
  simulate(toServer: boolean, offset: number): void {
    if (offset === (toServer ? this.failAtToServer : this.failAtToClient)) throw new Error('simulated error');
  }
}

/** A protocol of both transports is counted separately for each. */
export function nameOn({ name, transports }: Protocol, transport: Transport): string {
  return transports.length > 1 ? `${name}_${transport}` : name;
}
