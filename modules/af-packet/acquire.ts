/** Fills batches from the rings of this thread. */
import type { Thread, ThreadModule } from '../../engine/module.js';
import { native } from '../../engine/native.js';
import { Receiver } from '../../engine/receive/receiver.js';
import { openDevicesOf } from './open.js';
import { MAX_PACKET, RingSource } from './source.js';

export function acquireDevices(thread: Thread): ThreadModule {
  const addon = native()!;
  const mine = openDevicesOf(thread).devices.flatMap((device, source) =>
    device.sockets.flatMap((socket, i) =>
      i % thread.count === thread.index ? [{ device, source, socket }] : [],
    ),
  );
  const sources = mine.map(
    ({ device, source, socket }) => new RingSource(thread, addon, device, source, socket),
  );
  const sockets = Uint32Array.from(mine, ({ socket }) => socket);
  const wait = (milliseconds: number): boolean => addon.waitReadable(sockets, milliseconds, 0) >= 0;
  // The kernel hands over a ring block when it is full, or old enough.
  const kernelDelayMs = mine.reduce((most, { device }) => Math.max(most, device.settings.blockTimeout), 0);
  return new Receiver(thread, { sources, largest: MAX_PACKET + 8, wait, kernelDelayMs });
}
