/** Contents of a capture as seen by rules: protocols, ports, and buffers of transactions. */
import type { PacketFacts } from '../../../modules/detect/packet-facts.js';
import type { TransactionUpdate } from '../../application-layer.js';
import { IP_PROTOCOL_NAMES } from '../../packet/ip-protocol-names.js';
import type { Protocol, Transaction } from '../../protocol.js';

/** Maximum number of ports counted individually; further ones are not counted. */
const MAX_PORTS = 4096;

export class Traffic {
  packets = 0;
  /** At least one packet had a payload. */
  payload = false;
  /** Packets by transport name. */
  readonly transports = new Map<string, number>();
  /** Packets by `tcp 80`: the server port, or the destination port without a flow. */
  readonly ports = new Map<string, number>();
  /** Packets by their flow's application protocol. */
  readonly applications = new Map<string, number>();
  /** Transactions by protocol. */
  readonly transactions = new Map<string, number>();
  /** Transactions in which a buffer was present, by keyword. */
  readonly buffers = new Map<string, number>();
  private readonly seen = new WeakMap<Transaction, Set<string>>();

  packet(facts: PacketFacts, protocol: number, application: string | undefined): void {
    this.packets++;
    if (facts.payloadLength > 0) this.payload = true;
    const name = facts.version === 0 ? 'not IP' : (IP_PROTOCOL_NAMES[protocol] ?? String(protocol));
    add(this.transports, name);
    if (name === 'TCP' || name === 'UDP' || name === 'SCTP') {
      const port = `${name.toLowerCase()} ${facts.toServer ? facts.destinationPort : facts.sourcePort}`;
      if (this.ports.size < MAX_PORTS || this.ports.has(port)) add(this.ports, port);
    }
    if (application !== undefined) add(this.applications, application);
  }

  /** New data of a transaction is visible. */
  transaction({ session, transaction, toServer, progress, complete }: TransactionUpdate): void {
    const { protocol } = session;
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
