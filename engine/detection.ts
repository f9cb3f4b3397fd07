/**
 * The contract of a detection written as code: a file, or a package `sluice-…`, whose default export is a
 * `DetectionDefinition`.
 *
 *     import { defineDetection, drop } from 'sluice';
 *
 *     export default defineDetection({
 *       name: 'old-client',
 *       sid: 9_000_001,
 *       msg: 'client of an old version',
 *       when: 'tcp any any -> any 80',
 *       may: ['alert', 'drop'],
 *       *detect({ client }) {
 *         const line = yield* client.readUntil('\n', 8192);
 *         if (typeof line === 'string') return;
 *         if (text(line).includes('client/0.9')) return drop('told to update');
 *       },
 *     });
 *
 * The generator sleeps until what it waits for is there, keeps its state in local variables, and ends with its
 * connection. Inline, its answer is known before the packet that brought the data leaves.
 */
import type { Conversation } from './detection/conversation.js';
import type { FlowView } from './detection/flow-view.js';
import type { PacketView } from './detection/packet-view.js';
import type { Answer, Routine, Said } from './detection/routine.js';
import type { TransactionsOfFlow, TransactionView } from './detection/transaction-view.js';

/** Version of this contract. A detection made for another one is refused by name. */
export const DETECTION_API = 1;

/** What a detection may ask of the engine, or use of the machine; `alert` needs not be said. */
export type Permission = 'alert' | 'drop' | 'bypass' | 'stop' | 'files' | 'network';

export type { Answer, Routine, Said } from './detection/routine.js';

/** A detection: which flows it is for, and the functions that look at them. */
export interface DetectionDefinition {
  /** DETECTION_API of the engine it was made for. */
  readonly api: number;
  /** Letters, digits and hyphens. */
  readonly name: string;
  /** Number of its alerts, as of a signature: 1,000,000 to 1,999,999 and above 9,000,000 are yours to give. */
  readonly sid: number;
  readonly rev?: number;
  readonly gid?: number;
  /** Text of its alerts. */
  readonly msg: string;
  /**
   * Which flows it is for, as the header of a rule seen from the client: `tcp $HOME_NET any -> any [80,8080]`, `<>` for
   * both ways round. Contents may follow in parentheses: `tcp any any -> any any (content:"SSH-"; depth:4;)`; it is
   * then started only where they stand at the beginning of what the client sends (with `flow:to_client;`, the
   * server). Default: every flow its form can have.
   */
  readonly when?: string;
  /** A class type of `classification.config`; gives category and priority. */
  readonly classtype?: string;
  /** 1 (highest) to 255; default that of the class type, else 3. */
  readonly priority?: number;
  /** `url,example.com/why` */
  readonly references?: readonly string[];
  readonly metadata?: Readonly<Record<string, readonly string[]>>;
  /** What it may do; what is not here is not done. The configuration can allow less, never more. */
  readonly may?: readonly Permission[];
  /** Reads one side only: the other is not held for it. */
  readonly reads?: 'client' | 'server' | 'both';
  /** Bytes held of each side while it waits, at most; the configuration's `detections.held-memory` is the most. */
  readonly held?: number;

  /** Reads the streams of a TCP connection (or the payloads of a UDP flow) as a program reads a socket. */
  detect?(conversation: Conversation): Routine;

  /** Application protocol whose transactions `transactions` reads: `http`, `dns`, `tls` … */
  readonly onTransaction?: string;
  /** Reads the transactions of a flow, one after the other. */
  transactions?(conversation: TransactionsOfFlow): Routine;
  /** Looks at each transaction by itself, once for each of its directions when that is complete. */
  transaction?(transaction: TransactionView, flow: FlowView): Said;

  onFlowStart?(flow: FlowView, packet: PacketView): Said;
  onFlowEnd?(flow: FlowView, packet: PacketView): Said;
  /** Looks at packets of flows. */
  onPacket?(packet: PacketView, flow: FlowView): Said;
  /** Every how many packets of a flow `onPacket` is called; default 1. */
  readonly everyPackets?: number;
}

/** Names a definition; gives its type to the compiler, and the version of the contract. */
export function defineDetection(definition: Omit<DetectionDefinition, 'api'>): DetectionDefinition {
  return { api: DETECTION_API, ...definition };
}

/** Tells of it. @param message what is special about this occurrence */
export function alert(message?: string): Answer {
  return { kind: 'alert', message };
}

/** Tells of it and drops this packet and the rest of the flow (inline; after the fact it only tells). */
export function drop(message?: string): Answer {
  return { kind: 'drop', message };
}

/** As `drop`, and the sender is told (RST or ICMP unreachable). */
export function reject(message?: string): Answer {
  return { kind: 'reject', message };
}

/** Lets the rest of the flow pass without inspection. */
export function bypass(): Answer {
  return { kind: 'bypass' };
}

/** Reads no more of a side; with the permission `stop`, it is not reassembled any more for anybody. */
export function stop(side: 'client' | 'server'): Answer {
  return { kind: 'stop', side };
}
