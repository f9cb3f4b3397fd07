/** Forwards accepted frames to the other device (copy-mode), and provides the service for rejecting packets. */

import type { Thread } from '../../engine/module.js';
import { type Native, native } from '../../engine/native.js';
import { PACKET_SENDER } from '../../engine/packet/packet-sender.js';
import { RawSender } from '../../engine/packet/raw-sender.js';
import { writeChecksums } from '../../engine/packet/write-checksums.js';
import * as Packet from '../../engine/packet.js';
import { isDrop } from '../../engine/verdict.js';
import { VERDICT_DELIVERY, type VerdictDelivery } from '../../engine/verdict-delivery.js';
import { type OpenDevice, openDevicesOf } from './open.js';

export function serveThread(thread: Thread): void {
  const addon = native()!;
  const { devices, senders } = openDevicesOf(thread);
  if (devices.some(({ copyTo }) => copyTo >= 0))
    thread.services.set(VERDICT_DELIVERY, new Forwarding(thread, addon, devices));
  thread.services.set(PACKET_SENDER, new RawSender(addon, senders));
}

/** Maximum frames per call, to one device. */
const AT_ONCE = 256;

/** Forwards the frames of a thread. */
export class Forwarding implements VerdictDelivery {
  private readonly queues: readonly { frames: Uint32Array; count: number }[];
  private readonly forwarded: number;
  private readonly failed: number;
  private readonly cut: number;

  constructor(
    private readonly thread: Thread,
    private readonly addon: Native,
    private readonly devices: readonly OpenDevice[],
  ) {
    this.queues = devices.map(() => ({ frames: new Uint32Array(AT_ONCE * 2), count: 0 }));
    this.forwarded = thread.counters.declare('af_packet.forwarded');
    this.failed = thread.counters.declare('af_packet.send_errors');
    this.cut = thread.counters.declare('af_packet.not_forwarded_cut');
  }

  deliver(slot: number, verdict: number): void {
    const { memory } = this.thread;
    const p = slot * Packet.INTS;
    const { copyTo, settings } = this.devices[memory.row[p + Packet.SOURCE]!]!;
    if (copyTo < 0 || (settings.copyMode === 'ips' && isDrop(verdict))) return;
    if (memory.row[p + Packet.LENGTH]! < memory.row[p + Packet.WIRE_LENGTH]!) {
      this.leaveOut(settings.name);
      return;
    }
    const incomplete = Packet.FLAG_NO_CHECKSUM | Packet.FLAG_MODIFIED;
    if ((memory.row[p + Packet.FLAGS]! & incomplete) !== 0 && memory.row[p + Packet.L3] !== 0)
      writeChecksums(memory, p);
    const queue = this.queues[copyTo]!;
    queue.frames[queue.count * 2] = memory.row[p + Packet.DATA]!;
    queue.frames[queue.count * 2 + 1] = memory.row[p + Packet.LENGTH]!;
    if (++queue.count === AT_ONCE) this.send(copyTo);
  }

  /** A truncated frame is not forwarded, because it would be a different one. Its sender retransmits it. */
  private leaveOut(device: string): void {
    this.thread.counters.values[this.cut]!++;
    this.thread.warnOnce(
      `device ${device}: frames that are too large are not forwarded; turn off offloading (GRO, LRO), or increase block-size`,
    );
  }

  flush(): void {
    for (let device = 0; device < this.queues.length; device++) this.send(device);
  }

  private send(device: number): void {
    const queue = this.queues[device]!;
    if (queue.count === 0) return;
    const socket = this.devices[device]!.sockets[0]!;
    const sent = this.addon.sendFrames(socket, this.thread.memory.bytes, queue.frames, queue.count);
    const { values } = this.thread.counters;
    values[this.forwarded]! += sent;
    values[this.failed]! += queue.count - sent;
    queue.count = 0;
  }
}
