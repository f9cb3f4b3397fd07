/** Opens a driver by its name, and endpoints of the queues it opened. */
import { isMainThread } from 'node:worker_threads';
import type { Native } from '../../engine/native.js';
import type { Driver, QueueEndpoint, QueueLink } from './driver.js';
import { NetlinkDriver, NetlinkEndpoint } from './drivers/netlink.js';
import { NodeEndpoint } from './drivers/node-endpoint.js';
import { PACKETS_BELL } from './drivers/node-link.js';
import { loadPackage, NodeNfqueueDriver } from './drivers/node-nfqueue.js';

/** @throws Error when the driver cannot be loaded */
export function openDriver(name: QueueLink['driver'], native: Native): Driver {
  return name === 'netlink'
    ? new NetlinkDriver(native)
    : new NodeNfqueueDriver(native, loadPackage(process.cwd()));
}

export function openEndpoint(link: QueueLink, queue: number, native: Native): QueueEndpoint {
  return link.driver === 'netlink'
    ? new NetlinkEndpoint(native, link.socket, queue)
    : new NodeEndpoint(link, !isMainThread);
}

/**
 * @param busyMicroseconds how long to poll for the next packet after one was received before the thread sleeps
 * @returns a function that waits until one of the queues has a packet or the time is over, and returns whether one has
 */
export function waitFor(
  links: readonly QueueLink[],
  native: Native,
  busyMicroseconds: number,
): (milliseconds: number) => boolean {
  const sockets = Uint32Array.from(links.flatMap(link => (link.driver === 'netlink' ? [link.socket] : [])));
  if (sockets.length > 0) return waitForSockets(sockets, native, busyMicroseconds);
  const [first] = links;
  if (first?.driver !== 'node-nfqueue') return () => false;
  return waitForBell(new Int32Array(first.bells));
}

/** If nothing was received the last time, the thread sleeps at once: polling is limited to busy queues. */
function waitForSockets(
  sockets: Uint32Array,
  native: Native,
  busyMicroseconds: number,
): (milliseconds: number) => boolean {
  let busy = 0;
  return milliseconds => {
    const found = native.waitReadable(sockets, milliseconds, busy) >= 0;
    busy = found ? busyMicroseconds : 0;
    return found;
  };
}

/** A bell rung since the previous call counts too: the queues may have been checked before it. */
function waitForBell(bells: Int32Array): (milliseconds: number) => boolean {
  let heard = Atomics.load(bells, PACKETS_BELL);
  return milliseconds => {
    const rung = Atomics.wait(bells, PACKETS_BELL, heard, milliseconds) !== 'timed-out';
    heard = Atomics.load(bells, PACKETS_BELL);
    return rung;
  };
}
