/** Fills batches from the rings of this thread. */
import type { Batch } from '../../engine/batch.js';
import { compileFilter, type PacketFilter } from '../../engine/capture-file/filter.js';
import { option, text } from '../../engine/config/option.js';
import type { Thread, ThreadModule } from '../../engine/module.js';
import * as Native from '../../engine/native.js';
import * as Packet from '../../engine/packet.js';
import { ReceiveRoom } from '../../engine/receive-room.js';
import { VERDICT_DELIVERY, type VerdictDelivery } from '../../engine/verdict-delivery.js';
import { openDevicesOf } from './open.js';

const BATCH = 256;
/** Offloading makes packets as large as that; more is cut off. */
const LARGEST = 65_600;
const WAIT_MS = 10;
const RUN_FILTER = option(
  'bpf-filter',
  text,
  '',
  'packets to inspect, as an expression like that of tcpdump',
);

interface Source {
  readonly source: number;
  readonly ring: Native.PacketRing;
  readonly linkType: number;
  readonly filter: PacketFilter | undefined;
  readonly verifiesChecksums: boolean;
}

export function acquireDevices(thread: Thread): ThreadModule {
  return new DeviceAcquire(thread, Native.native()!);
}

class DeviceAcquire implements ThreadModule {
  waited = false;
  private readonly sources: readonly Source[];
  private readonly sockets: Uint32Array;
  private readonly packets = new Uint32Array(BATCH * Native.QUEUED_INTS);
  private readonly tally = new Uint32Array(Native.TALLY_INTS);
  private readonly room: ReceiveRoom;
  private readonly reserve: number;
  private number = 0;
  private readonly count: { packets: number; filtered: number };

  constructor(
    private readonly thread: Thread,
    private readonly native: Native.Native,
  ) {
    const { pool, counters, config } = thread;
    const { devices } = openDevicesOf(thread);
    const mine = devices.flatMap((device, source) =>
      device.sockets.flatMap((socket, i) =>
        i % thread.count === thread.index ? [{ device, source, socket }] : [],
      ),
    );
    this.sources = mine.map(({ device: { settings, linkType }, source, socket }) => ({
      source,
      linkType,
      ring: native.mapRing(socket, settings.blockSize, settings.blocks),
      filter: compileFilter(config.read(RUN_FILTER) || settings.filter),
      verifiesChecksums: settings.verifiesChecksums,
    }));
    this.sockets = Uint32Array.from(mine, ({ socket }) => socket);
    this.room = new ReceiveRoom(pool, LARGEST + 8);
    this.reserve = (pool.range.slots >> 2) + BATCH;
    this.count = {
      packets: counters.declare('af_packet.packets'),
      filtered: counters.declare('af_packet.filtered_bpf'),
    };
  }

  process(batch: Batch): void {
    this.waited = false;
    this.receiveAll(batch);
    if (batch.length > 0 || !this.hasRoom() || this.sockets.length === 0) return;
    if (this.native.waitReadable(this.sockets, WAIT_MS) >= 0) this.receiveAll(batch);
    this.waited = batch.length === 0;
  }

  end(batch: Batch): void {
    this.receiveAll(batch);
  }

  private hasRoom(): boolean {
    return this.thread.pool.available > this.reserve && this.room.ensure();
  }

  private receiveAll(batch: Batch): void {
    for (const source of this.sources) {
      if (!this.hasRoom()) return;
      this.receive(batch, source);
    }
  }

  private receive(batch: Batch, source: Source): void {
    const { room, packets, tally, thread } = this;
    const { bytes } = thread.memory;
    const count = this.native.ringReceive(source.ring, bytes, room.from, room.to, LARGEST, packets, tally);
    thread.counters.values[this.count.packets]! += count;
    for (let i = 0; i < count; i++) {
      const slot = this.take(i * Native.QUEUED_INTS, source);
      if (this.wanted(slot, source)) batch.push(slot);
      else this.leaveOut(slot);
    }
    room.take(tally[Native.TALLY_BYTES]!);
  }

  private take(q: number, { source, linkType, verifiesChecksums }: Source): number {
    const { packets } = this;
    const { pool, memory } = this.thread;
    const { row } = memory;
    const slot = pool.take();
    const p = slot * Packet.INTS;
    row[p + Packet.DATA] = packets[q + Native.QUEUED_DATA]!;
    row[p + Packet.LENGTH] = packets[q + Native.QUEUED_LENGTH]!;
    row[p + Packet.WIRE_LENGTH] = packets[q + Native.QUEUED_WIRE_LENGTH]!;
    row[p + Packet.LINK_TYPE] = linkType;
    row[p + Packet.SECONDS] = packets[q + Native.QUEUED_SECONDS]!;
    row[p + Packet.NANOSECONDS] = packets[q + Native.QUEUED_NANOSECONDS]!;
    row[p + Packet.NUMBER] = ++this.number;
    row[p + Packet.SOURCE] = source;
    if (!verifiesChecksums || packets[q + Native.QUEUED_FLAGS]! & Native.QUEUED_FLAG_NO_CHECKSUM)
      row[p + Packet.FLAGS]! |= Packet.FLAG_NO_CHECKSUM;
    this.room.attach(slot);
    return slot;
  }

  private wanted(slot: number, { filter }: Source): boolean {
    if (!filter) return true;
    const { row, bytes } = this.thread.memory;
    const p = slot * Packet.INTS;
    const { DATA, LENGTH, WIRE_LENGTH, LINK_TYPE } = Packet;
    return filter(bytes, row[p + DATA]!, row[p + LENGTH]!, row[p + WIRE_LENGTH]!, row[p + LINK_TYPE]!);
  }

  /** What is not inspected passes. */
  private leaveOut(slot: number): void {
    const delivery = this.thread.services.get(VERDICT_DELIVERY) as VerdictDelivery | undefined;
    delivery?.deliver(slot, Packet.VERDICT_PASS);
    delivery?.flush?.();
    this.thread.counters.values[this.count.filtered]!++;
    this.thread.pool.giveBack(slot);
  }
}
