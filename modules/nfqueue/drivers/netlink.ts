/** The addon's own driver: netlink sockets that every thread reads and writes itself, many packets per call. */

import type { QueueSettings } from '../../../engine/native/queue.js';
import type { Native } from '../../../engine/native.js';
import type { Driver, QueueEndpoint, QueueLink } from '../driver.js';

export class NetlinkDriver implements Driver {
  private readonly opened: { socket: number; queue: number; settings: QueueSettings }[] = [];

  constructor(private readonly native: Native) {}

  open(queue: number, settings: QueueSettings): QueueLink {
    const socket = this.native.openQueue(queue, settings);
    this.opened.push({ socket, queue, settings });
    return { driver: 'netlink', socket };
  }

  begin(): void {
    for (const { socket, queue, settings } of this.opened) this.native.bindQueue(socket, queue, settings);
  }

  close(): void {
    for (const { socket } of this.opened) this.native.closeSocket(socket);
  }
}

export class NetlinkEndpoint implements QueueEndpoint {
  constructor(
    private readonly native: Native,
    private readonly socket: number,
    private readonly queue: number,
  ) {}

  receive(
    bytes: Uint8Array,
    from: number,
    to: number,
    largest: number,
    packets: Uint32Array,
    tally: Uint32Array,
  ): number {
    return this.native.queueReceive(this.socket, bytes, from, to, largest, packets, tally);
  }

  send(bytes: Uint8Array, verdicts: Uint32Array, count: number): number {
    return this.native.queueVerdicts(this.socket, this.queue, bytes, verdicts, count);
  }
}
