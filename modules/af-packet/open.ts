/** Opens the sockets of all devices, for all threads. */
import { availableParallelism } from 'node:os';
import type { Config } from '../../engine/config/config.js';
import type { Log, OpenedDevices, Thread } from '../../engine/module.js';
import { type Native, native, nativeProblem } from '../../engine/native.js';
import { openRawSockets } from '../../engine/packet/raw-sender.js';
import type { StatsTree } from '../../engine/stats-record.js';
import { linkTypeOf } from './link-type.js';
import { type DeviceSettings, deviceNames, deviceSettings } from './options.js';
import { openSockets } from './sockets.js';
import { DeviceWatch } from './watch.js';

/** A device as shared by all threads. */
export interface OpenDevice {
  readonly settings: DeviceSettings;
  /** LINKTYPE_ of its packets. */
  readonly linkType: number;
  /** One for each thread that reads; the n-th socket of every device gets the same flows. */
  readonly sockets: readonly number[];
  /** Index of the device that packets are forwarded to, -1 for none. */
  readonly copyTo: number;
  /** A word shared by all threads: how often the sockets were reopened. */
  readonly openings: SharedArrayBuffer;
}

export interface OpenPacketDevices {
  readonly devices: readonly OpenDevice[];
  readonly senders: readonly [number, number];
}

/** Name in `Thread.shared`. */
const OPEN_DEVICES = 'af-packet';

export function openDevicesOf({ shared }: Thread): OpenPacketDevices {
  const devices = shared[OPEN_DEVICES] as OpenPacketDevices | undefined;
  if (!devices) throw new Error('no device is open (name devices with -i)');
  return devices;
}

/** @throws Error that names the device and why it cannot be opened */
export function openDevices(config: Config, log: Log): OpenedDevices {
  const addon = native();
  if (!addon) throw new Error(`devices need the native addon: ${nativeProblem()}`);
  const all = deviceNames(config).map(name => deviceSettings(config, name));
  if (all.length === 0) throw new Error('no device given: use -i, or interface in the section af-packet');
  const threads = Math.max(...all.map(({ threads: wanted }) => wanted || availableParallelism()));
  const opened: number[] = [];
  const close = (): void => {
    for (const socket of opened) if (socket >= 0) addon.closeSocket(socket);
  };
  try {
    const devices = all.map(settings => openDevice(addon, settings, all, threads, opened));
    const senders = openSenders(addon, log);
    opened.push(...senders);
    return new Opened(addon, log, devices, senders, threads, close);
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
  const linkType = linkTypeOf(addon, settings.name);
  if (linkType === undefined) throw new Error(`${settings.name}: unsupported type of device`);
  const sockets = openSockets(addon, settings, threads, settings.clusterId, opened);
  const openings = new SharedArrayBuffer(4);
  return { settings, linkType, sockets, copyTo, openings };
}

function openSenders(addon: Native, log: Log): [number, number] {
  try {
    return openRawSockets(addon, 0, '');
  } catch (error) {
    log.warning(`af-packet: reject packets cannot be sent: ${(error as Error).message}`);
    return [-1, -1];
  }
}

class Opened implements OpenedDevices {
  readonly shared: Readonly<Record<string, unknown>>;
  private readonly taken = new Uint32Array(2);
  private readonly totals: { packets: number; drops: number }[];
  private readonly watch: DeviceWatch;

  constructor(
    private readonly native: Native,
    log: Log,
    private readonly devices: readonly OpenDevice[],
    senders: readonly [number, number],
    readonly threads: number,
    private readonly closeAll: () => void,
  ) {
    const opened: OpenPacketDevices = { devices, senders };
    this.shared = { [OPEN_DEVICES]: opened };
    this.totals = devices.map(() => ({ packets: 0, drops: 0 }));
    this.watch = new DeviceWatch(native, log, devices, () => this.collect());
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

  /** The kernel resets its counters each time they are read. */
  private collect(): void {
    this.devices.forEach(({ sockets }, i) => {
      for (const socket of sockets) {
        this.native.packetStatistics(socket, this.taken);
        this.totals[i]!.packets += this.taken[0]!;
        this.totals[i]!.drops += this.taken[1]!;
      }
    });
  }

  threadsReady(): void {
    this.watch.begin();
  }

  close(): void {
    this.watch.end();
    this.closeAll();
  }
}
