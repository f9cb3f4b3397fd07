/** The ring of a device as a source of packets. */
import { getSystemErrorName } from 'node:util';
import { compileFilter, type PacketFilter } from '../../engine/capture-file/filter.js';
import { packetFilter } from '../../engine/capture-file/filter-option.js';
import { option } from '../../engine/config/option.js';
import type { Thread } from '../../engine/module.js';
import type { PacketRing } from '../../engine/native/packet-socket.js';
import * as Queue from '../../engine/native/queue.js';
import type { Native } from '../../engine/native.js';
import { AFPACKET_TRUNC_PKT } from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import type { PacketSource } from '../../engine/receive/source.js';
import { VERDICT_DELIVERY, type VerdictDelivery } from '../../engine/verdict-delivery.js';
import type { OpenDevice } from './open.js';

/** Offloading creates packets up to this size; longer ones are truncated. */
export const MAX_PACKET = 65_600;
const RUN_FILTER = option(
  'bpf-filter',
  packetFilter,
  '',
  'filter for inspected packets, in the syntax of tcpdump',
);

export class RingSource implements PacketSource {
  readonly linkType: number;
  private readonly openings: Int32Array;
  private ring: PacketRing;
  private opening: number;
  private readonly filter: PacketFilter | undefined;
  private readonly verifies: boolean;
  private readonly count: { packets: number; filtered: number };

  constructor(
    private readonly thread: Thread,
    private readonly native: Native,
    private readonly opened: OpenDevice,
    readonly source: number,
    private readonly socket: number,
  ) {
    const { settings } = opened;
    this.linkType = opened.linkType;
    this.openings = new Int32Array(opened.openings);
    this.opening = Atomics.load(this.openings, 0);
    this.ring = this.map();
    this.filter = compileFilter(thread.config.read(RUN_FILTER) || settings.filter);
    this.verifies = settings.verifiesChecksums;
    this.count = {
      packets: thread.counters.declare('af_packet.packets'),
      filtered: thread.counters.declare('af_packet.filtered_bpf'),
    };
  }

  receive(bytes: Uint8Array, from: number, to: number, packets: Uint32Array, tally: Uint32Array): number {
    const count = this.native.ringReceive(this.ring, bytes, from, to, MAX_PACKET, packets, tally);
    if (count === 0) this.remapIfReopened(tally[Queue.TALLY_ERROR]!);
    this.thread.counters.values[this.count.packets]! += count;
    return count;
  }

  admit(slot: number, packets: Uint32Array, q: number): boolean {
    const p = slot * Packet.INTS;
    const { row } = this.thread.memory;
    if (!this.verifies) row[p + Packet.FLAGS]! |= Packet.FLAG_UNVERIFIED;
    if (packets[q + Queue.QUEUED_FLAGS]! & Queue.QUEUED_FLAG_NO_CHECKSUM)
      row[p + Packet.FLAGS]! |= Packet.FLAG_NO_CHECKSUM;
    if (row[p + Packet.LENGTH]! < row[p + Packet.WIRE_LENGTH]!) Packet.setEvent(row, p, AFPACKET_TRUNC_PKT);
    if (this.matchesFilter(p)) return true;
    this.forwardUninspected(slot);
    return false;
  }

  private map(): PacketRing {
    const { blockSize, blocks } = this.opened.settings;
    return this.native.mapRing(this.socket, blockSize, blocks);
  }

  /** @param error of the socket; 0: none */
  private remapIfReopened(error: number): void {
    if (error !== 0) this.logError(error);
    const opening = Atomics.load(this.openings, 0);
    if (opening === this.opening) return;
    this.opening = opening;
    this.native.closeRing(this.ring);
    this.ring = this.map();
  }

  private logError(error: number): void {
    const reason = getSystemErrorName(-error);
    const { name } = this.opened.settings;
    this.thread.warnOnce(`device ${name}: ${reason}: no packets are received from it until it is up again`);
  }

  private matchesFilter(p: number): boolean {
    if (!this.filter) return true;
    const { row, bytes } = this.thread.memory;
    const { DATA, LENGTH, WIRE_LENGTH, LINK_TYPE } = Packet;
    return this.filter(bytes, row[p + DATA]!, row[p + LENGTH]!, row[p + WIRE_LENGTH]!, row[p + LINK_TYPE]!);
  }

  /** A packet that is not inspected is forwarded. */
  private forwardUninspected(slot: number): void {
    const delivery = this.thread.services.get(VERDICT_DELIVERY) as VerdictDelivery | undefined;
    delivery?.deliver(slot, Packet.VERDICT_PASS);
    delivery?.flush?.();
    this.thread.counters.values[this.count.filtered]!++;
  }
}
