/** Opens the sockets of all devices, for all threads. */
import { availableParallelism } from 'node:os';
import type { Config } from '../../engine/config/config.js';
import type { Log, OpenedDevices, Thread } from '../../engine/module.js';
import { type Native, native, nativeProblem } from '../../engine/native.js';
import { openRawSockets } from '../../engine/raw-sender.js';
import type { StatsTree } from '../../engine/stats-record.js';
import { type DeviceSettings, deviceNames, deviceSettings } from './options.js';

/** A device as all threads know it. */
export interface OpenDevice {
  readonly settings: DeviceSettings;
  /** LINKTYPE_ of its packets. */
  readonly linkType: number;
  /** One for each thread that reads; the n-th socket of every device gets the same conversations. */
  readonly sockets: readonly number[];
  /** Index of the device that packets are forwarded to, -1 for none. */
  readonly copyTo: number;
}

export interface OpenPacketDevices {
  readonly devices: readonly OpenDevice[];
  readonly senders: readonly [number, number];
}

/** Name in `Thread.shared`. */
const OPEN_DEVICES = 'af-packet';

export function openDevicesOf({ shared }: Thread): OpenPacketDevices {
  const devices = shared[OPEN_DEVICES] as OpenPacketDevices | undefined;
  if (!devices) throw new Error('no device is open (devices are given by -i)');
  return devices;
}

const FANOUT = { cluster_flow: 0, cluster_cpu: 2, cluster_qm: 5 };
const FANOUT_DEFRAG = 0x8000;
/** Link types by ARPHRD_ value: Ethernet, loopback (which has Ethernet headers), PPP and others without a link layer. */
const ETHERNET = 1;
const RAW = 101;
const LINK_TYPES: Readonly<Record<number, number>> = {
  1: ETHERNET,
  772: ETHERNET,
  512: RAW,
  65534: RAW,
  768: RAW,
  769: RAW,
};

/** @throws Error that names the device and why it cannot be opened */
export function openDevices(config: Config, log: Log): OpenedDevices {
  const addon = native();
  if (!addon) throw new Error(`devices need the native addon: ${nativeProblem()}`);
  const all = deviceNames(config).map(name => deviceSettings(config, name));
  if (all.length === 0) throw new Error('no device is named: use -i, or interface in the section af-packet');
  const threads = Math.max(...all.map(({ threads: wanted }) => wanted || availableParallelism()));
  const opened: number[] = [];
  const close = (): void => {
    for (const socket of opened) if (socket >= 0) addon.closeSocket(socket);
  };
  try {
    const devices = all.map(settings => openDevice(addon, settings, all, threads, opened));
    const senders = openSenders(addon, log);
    opened.push(...senders);
    return new Opened(addon, devices, senders, threads, close);
  } catch (error) {
    close();
    throw error;
  }
}

function openDevice(
  addon: Native,
  settings: DeviceSettings,
  all: readonly DeviceSettings[],
  threads: number,
  opened: number[],
): OpenDevice {
  const copyTo =
    settings.copyMode === 'none' ? -1 : all.findIndex(({ name }) => name === settings.copyDevice);
  if (settings.copyMode !== 'none' && copyTo < 0)
    throw new Error(`${settings.name}: copy-iface ${settings.copyDevice} is not among the devices`);
  const linkType = LINK_TYPES[addon.deviceType(settings.name)];
  if (linkType === undefined)
    throw new Error(`${settings.name}: packets of this kind of device are not known`);
  const sockets = Array.from({ length: threads }, () => {
    const socket = addon.openPacketSocket(settings.name, {
      blockSize: settings.blockSize,
      blocks: settings.blocks,
      timeout: settings.copyMode === 'none' ? settings.blockTimeout : 1,
      fanout: threads > 1 ? settings.clusterId : 0,
      // Fragments are forwarded as they came.
      fanoutType: FANOUT[settings.clusterType] | (settings.defrag && copyTo < 0 ? FANOUT_DEFRAG : 0),
      promiscuous: settings.promiscuous,
      // What is forwarded must not come back; on the loopback device every packet is seen twice.
      ignoreOutgoing: copyTo >= 0 || settings.name === 'lo',
    });
    opened.push(socket);
    return socket;
  });
  return { settings, linkType, sockets, copyTo };
}

function openSenders(addon: Native, log: Log): [number, number] {
  try {
    return openRawSockets(addon, 0, '');
  } catch (error) {
    log.warning(`af-packet: rejected packets are not answered: ${(error as Error).message}`);
    return [-1, -1];
  }
}

class Opened implements OpenedDevices {
  readonly shared: Readonly<Record<string, unknown>>;
  private readonly taken = new Uint32Array(2);
  private readonly totals: { packets: number; drops: number }[];

  constructor(
    private readonly native: Native,
    private readonly devices: readonly OpenDevice[],
    senders: readonly [number, number],
    readonly threads: number,
    private readonly closeAll: () => void,
  ) {
    const opened: OpenPacketDevices = { devices, senders };
    this.shared = { [OPEN_DEVICES]: opened };
    this.totals = devices.map(() => ({ packets: 0, drops: 0 }));
  }

  statistics(): Record<string, number | readonly StatsTree[]> {
    this.collect();
    const sum = (of: 'packets' | 'drops'): number => this.totals.reduce((total, each) => total + each[of], 0);
    return {
      'capture.kernel_packets': sum('packets'),
      'capture.kernel_drops': sum('drops'),
      'capture.devices': this.devices.map(({ settings }, i) => ({
        device: settings.name,
        ...this.totals[i]!,
      })),
    };
  }

  summary(): string[] {
    this.collect();
    return this.devices.map(
      ({ settings }, i) =>
        `device ${settings.name}: ${this.totals[i]!.packets} packets, ${this.totals[i]!.drops} dropped by the kernel`,
    );
  }

  /** The kernel counts from the last time it was asked. */
  private collect(): void {
    this.devices.forEach(({ sockets }, i) => {
      for (const socket of sockets) {
        this.native.packetStatistics(socket, this.taken);
        this.totals[i]!.packets += this.taken[0]!;
        this.totals[i]!.drops += this.taken[1]!;
      }
    });
  }

  close(): void {
    this.closeAll();
  }
}
