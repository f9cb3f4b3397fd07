/** Counts flows, transactions and errors per application protocol. */
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import { nameOn } from './parser-errors.js';
import type { Transport } from './recognition.js';

/** Counters named as in Suricata's statistics. */
export class ApplicationCounters {
  private readonly values: Float64Array;
  private readonly flowCounters: readonly ByTransport[];
  private readonly transactionCounters: readonly ByTransport[];
  private readonly gapCounters: readonly ByTransport[];
  private readonly failureCounters: readonly ByTransport[];
  private readonly internalErrorCounters: readonly ByTransport[];
  private readonly unknownCounters: ByTransport;

  constructor({ counters }: Thread, protocols: readonly Protocol[]) {
    const declare = (name: string): number => counters.declare(`app_layer.${name}`);
    const both = (group: string, { name, transports }: Protocol): ByTransport => {
      if (transports.length === 1)
        return { tcp: declare(`${group}.${name}`), udp: declare(`${group}.${name}`) };
      return { tcp: declare(`${group}.${name}_tcp`), udp: declare(`${group}.${name}_udp`) };
    };
    this.values = counters.values;
    this.flowCounters = protocols.map(protocol => both('flow', protocol));
    this.transactionCounters = protocols.map(protocol => both('tx', protocol));
    const errors = (kind: string, protocol: Protocol): ByTransport => ({
      tcp: declare(`error.${nameOn(protocol, 'tcp')}.${kind}`),
      udp: declare(`error.${nameOn(protocol, 'udp')}.${kind}`),
    });
    this.gapCounters = protocols.map(protocol => errors('gap', protocol));
    this.failureCounters = protocols.map(protocol => errors('parser', protocol));
    this.internalErrorCounters = protocols.map(protocol => errors('internal', protocol));
    // Suricata counts failed allocations here; this process would end instead.
    for (const protocol of protocols) errors('alloc', protocol);
    this.unknownCounters = { tcp: declare('flow.failed_tcp'), udp: declare('flow.failed_udp') };
  }

  flow(protocol: number, transport: Transport): void {
    this.values[this.flowCounters[protocol]![transport]]!++;
  }

  transactions(protocol: number, transport: Transport): number {
    return this.transactionCounters[protocol]![transport];
  }

  gap(protocol: number, transport: Transport): void {
    this.values[this.gapCounters[protocol]![transport]]!++;
  }

  failure(protocol: number, transport: Transport): void {
    this.values[this.failureCounters[protocol]![transport]]!++;
  }

  /** The parser threw instead of reporting a failure. */
  internalError(protocol: number, transport: Transport): void {
    this.values[this.internalErrorCounters[protocol]![transport]]!++;
  }

  unknown(transport: Transport): void {
    this.values[this.unknownCounters[transport]]!++;
  }
}

type ByTransport = Readonly<Record<Transport, number>>;
