/** Keys of state that spans flows: addresses, address pairs, flows. */

import type { FlowRows } from '../../engine/flow/flow-record.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type { Memory } from '../../engine/memory.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { KEY_INTS, type SharedTable } from './shared-table.js';

export type Track = 'by_src' | 'by_dst' | 'by_both' | 'by_rule' | 'by_flow';

/** Addresses in a key: four integers each. */
const SOURCE = 2;
const DESTINATION = 6;

export class Tracker {
  private readonly flowView: DataView;
  private readonly found = new Int32Array(4);

  private readonly memory: Memory;
  private readonly flows: FlowRows;

  constructor(private readonly thread: Pick<Thread, 'memory' | 'flows' | 'inputPart'>) {
    const { memory, flows } = thread;
    this.memory = memory;
    this.flows = flows;
    this.flowView = new DataView(flows.bytes.buffer, flows.bytes.byteOffset, flows.bytes.byteLength);
  }

  /**
   * Fills a table's key.
   * @param identity two integers that identify what is tracked
   * @param p the packet's row  @param toServer direction in which it is inspected
   */
  fill(
    table: SharedTable,
    identity: readonly [number, number],
    track: Track,
    p: number,
    toServer: boolean,
  ): void {
    const { key } = table;
    key.fill(0);
    // Equal integers are different addresses in IPv6, and in unrelated captures.
    key[KEY_INTS - 1] = ((this.thread.inputPart ?? 0) << 3) | this.memory.row[p + Packet.IP_VERSION]!;
    key[0] = identity[0];
    key[1] = identity[1];
    switch (track) {
      case 'by_src':
        this.address(key, SOURCE, p, toServer, true);
        break;
      case 'by_dst':
        this.address(key, SOURCE, p, toServer, false);
        break;
      case 'by_both':
        this.pair(key, p, toServer);
        break;
      case 'by_flow':
        this.flow(key, p);
        break;
      default:
        break;
    }
  }

  /**
   * An address of a packet, or of its flow if the packet has none: four integers, only the first for IPv4. @returns
   * undefined if there is none
   */
  addressOf(p: number, toServer: boolean, source: boolean): Int32Array | undefined {
    const { row } = this.memory;
    if (row[p + Packet.L3] === 0 && row[p + Packet.FLOW]! < 0) return undefined;
    this.found.fill(0);
    this.address(this.found, 0, p, toServer, source);
    return this.found;
  }

  /** The same for both directions. */
  private pair(key: Int32Array, p: number, toServer: boolean): void {
    this.address(key, SOURCE, p, toServer, true);
    this.address(key, DESTINATION, p, toServer, false);
    for (let i = 0; i < 4; i++) {
      const a = key[SOURCE + i]! >>> 0;
      const b = key[DESTINATION + i]! >>> 0;
      if (a < b) return;
      if (a > b) break;
    }
    for (let i = 0; i < 4; i++) {
      const a = key[SOURCE + i]!;
      key[SOURCE + i] = key[DESTINATION + i]!;
      key[DESTINATION + i] = a;
    }
  }

  private flow(key: Int32Array, p: number): void {
    const flow = this.memory.row[p + Packet.FLOW]!;
    if (flow < 0) return;
    key[SOURCE] = flow + 1;
    key[SOURCE + 1] = this.flows.row[flow * Flow.INTS + Flow.ID_LOW]!;
    key[SOURCE + 2] = this.flows.row[flow * Flow.INTS + Flow.ID_HIGH]!;
  }

  private address(key: Int32Array, k: number, p: number, toServer: boolean, source: boolean): void {
    const { row, view } = this.memory;
    const l3 = row[p + Packet.L3]!;
    const flow = row[p + Packet.FLOW]!;
    if (l3 > 0) {
      if (row[p + Packet.IP_VERSION] === 4) key[k] = view.getInt32(l3 + (source ? 12 : 16));
      else for (let i = 0; i < 4; i++) key[k + i] = view.getInt32(l3 + (source ? 8 : 24) + i * 4);
    } else if (flow >= 0) {
      const column = source === toServer ? Flow.CLIENT_ADDRESS : Flow.SERVER_ADDRESS;
      for (let i = 0; i < 4; i++) key[k + i] = this.flowView.getInt32((flow * Flow.INTS + column + i) * 4);
    }
  }
}

/**
 * The key of state of an address, as filled by `Tracker.fill` for a packet's source.
 * @param words the address, in network byte order; IPv4 in the first
 */
export function fillForAddress(
  key: Int32Array,
  identity: readonly [number, number],
  words: Int32Array,
  version: 4 | 6,
): void {
  key.fill(0);
  key[KEY_INTS - 1] = version;
  key[0] = identity[0];
  key[1] = identity[1];
  key.set(words, SOURCE);
}
