/** The sockets of a device: one for each thread that reads; together they form a fanout group. */
import { FANOUT_NEW_GROUP } from '../../engine/native/packet-socket.js';
import type { Native } from '../../engine/native.js';
import type { DeviceSettings } from './options.js';

const FANOUT = { cluster_flow: 0, cluster_cpu: 2, cluster_qm: 5 };
const FANOUT_DEFRAG = 0x8000;

/**
 * @param group fanout group of several sockets; 0: an unused one
 * @param opened each socket is added as soon as it is open
 * @throws Error that names the device and what is refused
 */
export function openSockets(
  addon: Native,
  settings: DeviceSettings,
  threads: number,
  group: number,
  opened: number[],
): number[] {
  const forwards = settings.copyMode !== 'none';
  // Fragments are forwarded unchanged.
  const type = FANOUT[settings.clusterType] | (settings.defrag && !forwards ? FANOUT_DEFRAG : 0);
  const sockets: number[] = [];
  let joined = group;
  for (let i = 0; i < threads; i++) {
    const socket = addon.openPacketSocket(settings.name, {
      blockSize: settings.blockSize,
      blocks: settings.blocks,
      timeout: forwards ? 1 : settings.blockTimeout,
      fanout: threads > 1 ? joined : 0,
      fanoutType: type | (threads > 1 && joined === 0 ? FANOUT_NEW_GROUP : 0),
      promiscuous: settings.promiscuous,
      // Forwarded frames must not be received again; the loopback device shows every packet twice.
      ignoreOutgoing: forwards || settings.name === 'lo',
    });
    opened.push(socket);
    sockets.push(socket);
    if (threads > 1 && joined === 0) joined = addon.fanoutGroup(socket);
  }
  return sockets;
}
