/**
 * The API of a detection as code: a file, or a package `sluice-…`, whose default export is a
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
 * The generator is suspended until the data it waits for has arrived, keeps its state in local variables, and ends with
 * its connection. Inline, its result is known before the packet that brought the data is forwarded.
 */
import type { Connection } from './detection/connection.js';
import type { FlowView } from './detection/flow-view.js';
import type { PacketView } from './detection/packet-view.js';
import type { DetectionAction, DetectionResult, Routine } from './detection/routine.js';
import type { FlowTransactions, TransactionView } from './detection/transaction-view.js';

/** Version of this API. A detection made for another version is rejected by name. */
export const DETECTION_API = 1;

/** Actions that a detection may request, and resources that it may use; `alert` is always allowed. */
export type Permission = 'alert' | 'drop' | 'bypass' | 'stop' | 'files' | 'network';

export type { DetectionAction, DetectionResult, Routine } from './detection/routine.js';

/** A detection: the flows it applies to, and the functions that inspect them. */
export interface DetectionDefinition {
  /** DETECTION_API of the engine that it was made for. */
  readonly api: number;
  /** Letters, digits and hyphens. */
  readonly name: string;
  /** Signature id of its alerts: 1,000,000 to 1,999,999 and above 9,000,000 are for local use. */
  readonly sid: number;
  readonly rev?: number;
  readonly gid?: number;
  /** Message of its alerts. */
  readonly msg: string;
  /**
   * The flows it applies to, as the header of a rule from the client's point of view: `tcp $HOME_NET any -> any [80,8080]`,
   * `<>` for both directions. Contents may follow in parentheses: `tcp any any -> any any (content:"SSH-"; depth:4;)`; it
   * is then started only if they match at the start of the client's data (with `flow:to_client;`, the server's). Default:
   * every flow that its functions can read.
   */
  readonly when?: string;
  /** A classtype of `classification.config`; sets category and priority. */
  readonly classtype?: string;
  /** 1 (highest) to 255; default: that of the classtype, otherwise 3. */
  readonly priority?: number;
  /** `url,example.com/why` */
  readonly references?: readonly string[];
  readonly metadata?: Readonly<Record<string, readonly string[]>>;
  /** Actions that it may take; others are not taken. The configuration can allow fewer, never more. */
  readonly may?: readonly Permission[];
  /** The sides that it reads: the other side is not buffered for it. */
  readonly reads?: 'client' | 'server' | 'both';
  /** Maximum bytes buffered of each side while it waits; cannot exceed `detections.held-memory`. */
  readonly held?: number;

  /** Reads the streams of a TCP connection (or the payloads of a UDP flow) as a program reads a socket. */
  detect?(conversation: Connection): Routine;

  /** Application protocol whose transactions `transactions` reads: `http`, `dns`, `tls` … */
  readonly onTransaction?: string;
  /** Reads the transactions of a flow, one after the other. */
  transactions?(conversation: FlowTransactions): Routine;
  /** Called for each transaction, once for each of its directions when that direction is complete. */
  transaction?(transaction: TransactionView, flow: FlowView): DetectionResult;

  onFlowStart?(flow: FlowView, packet: PacketView): DetectionResult;
  onFlowEnd?(flow: FlowView, packet: PacketView): DetectionResult;
  /** Called for packets of flows. */
  onPacket?(packet: PacketView, flow: FlowView): DetectionResult;
  /** Call `onPacket` for every n-th packet of a flow; default 1. */
  readonly everyPackets?: number;
}

/** Defines a detection: checks its type and adds the version of the API. */
export function defineDetection(definition: Omit<DetectionDefinition, 'api'>): DetectionDefinition {
  return { api: DETECTION_API, ...definition };
}

/** Raises an alert. @param message details of this occurrence */
export function alert(message?: string): DetectionAction {
  return { kind: 'alert', message };
}

/** Raises an alert and drops this packet and the rest of the flow (inline; in IDS mode it only alerts). */
export function drop(message?: string): DetectionAction {
  return { kind: 'drop', message };
}

/** Like `drop`, and notifies the sender (RST or ICMP unreachable). */
export function reject(message?: string): DetectionAction {
  return { kind: 'reject', message };
}

/** Lets the rest of the flow pass without inspection. */
export function bypass(): DetectionAction {
  return { kind: 'bypass' };
}

/** Stops reading a side; with the permission `stop`, that side is no longer reassembled at all. */
export function stop(side: 'client' | 'server'): DetectionAction {
  return { kind: 'stop', side };
}
