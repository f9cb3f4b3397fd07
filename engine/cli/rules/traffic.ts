/** What a capture consists of, as rules see it: protocols, ports, and buffers of transactions. */
import type { PacketFacts } from '../../../modules/detect/packet-facts.js';
import type { TransactionUpdate } from '../../application-layer.js';
import { IP_PROTOCOL_NAMES } from '../../packet/ip-protocol-names.js';
import type { Protocol, Transaction } from '../../protocol.js';

/** Ports that are counted one by one; those beyond are not. */
const MOST_PORTS = 4096;

export class Traffic {
  packets = 0;
  /** Some packet had a payload. */
  payload = false;
  /** Packets by name of the transport. */
  readonly transports = new Map<string, number>();
  /** Packets by `tcp 80`: the port of the server, and without a flow the destination's. */
  readonly ports = new Map<string, number>();
  /** Packets by application protocol of their flow. */
  readonly applications = new Map<string, number>();
  /** Transactions by protocol. */
  readonly transactions = new Map<string, number>();
  /** Transactions in which a buffer was seen, by keyword. */
  readonly buffers = new Map<string, number>();
  private readonly seen = new WeakMap<Transaction, Set<string>>();

  packet(facts: PacketFacts, protocol: number, application: string | undefined): void {
    this.packets++;
    if (facts.payloadLength > 0) this.payload = true;
    const name = facts.version === 0 ? 'not IP' : (IP_PROTOCOL_NAMES[protocol] ?? String(protocol));
    add(this.transports, name);
    if (name === 'TCP' || name === 'UDP' || name === 'SCTP') {
      const port = `${name.toLowerCase()} ${facts.toServer ? facts.destinationPort : facts.sourcePort}`;
      if (this.ports.size < MOST_PORTS || this.ports.has(port)) add(this.ports, port);
    }
    if (application !== undefined) add(this.applications, application);
  }

  /** Something became visible in a transaction. */
  transaction({ conversation, transaction, toServer, progress, complete }: TransactionUpdate): void {
    const { protocol } = conversation;
    let seen = this.seen.get(transaction);
    if (!seen) {
      seen = new Set();
      this.seen.set(transaction, seen);
      add(this.transactions, protocol.name);
    }
    for (const keyword of visibleBuffers(protocol, transaction, toServer, complete ? Infinity : progress)) {
      if (seen.has(keyword)) continue;
      seen.add(keyword);
      add(this.buffers, keyword);
    }
  }
}

function* visibleBuffers(
  protocol: Protocol,
  transaction: Transaction,
  toServer: boolean,
  progress: number,
): Generator<string> {
  const other = toServer ? 'to_client' : 'to_server';
  for (const buffer of protocol.buffers) {
    if (buffer.direction === other || (buffer.progress > progress && !buffer.growing)) continue;
    if (buffer.get(transaction, toServer, 0) !== undefined) yield buffer.keyword;
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
