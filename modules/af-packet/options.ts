/** Options of devices, under Suricata's names: a list with an item for each, and `default` for all others. */

import { packetFilter } from '../../engine/capture-file/filter-option.js';
import type { Config } from '../../engine/config/config.js';
import type { AnyOption, Option } from '../../engine/config/option.js';
import { boolean, choice, integer, option, size, text, texts } from '../../engine/config/option.js';

const DEVICES = option('af-packet-devices', texts, [], 'devices to monitor; given by -i and --af-packet');
const INTERFACE = option(
  'af-packet.*.interface',
  text,
  '',
  'device name; the entry default sets defaults for all others',
);
const THREADS = option(
  'af-packet.*.threads',
  text,
  'auto',
  'sockets over which packets are distributed; auto: one per core',
);
const CLUSTER_ID = option(
  'af-packet.*.cluster-id',
  integer(0, 65_535),
  99,
  'id of the socket group; a different one for each device',
);
const CLUSTER_TYPE = option(
  'af-packet.*.cluster-type',
  choice('cluster_flow', 'cluster_cpu', 'cluster_qm'),
  'cluster_flow',
  'how packets are distributed: by flow, by CPU or by receive queue of the device',
);
const DEFRAG = option(
  'af-packet.*.defrag',
  boolean,
  true,
  'reassemble fragments before packets are distributed',
);
const RING_SIZE = option(
  'af-packet.*.ring-size',
  integer(1, 1 << 24),
  32_768,
  'size of the ring of a socket, in packets of 2 KiB',
);
const BLOCK_SIZE = option('af-packet.*.block-size', size, 2 ** 18, 'bytes per block of the ring');
const BLOCK_TIMEOUT = option(
  'af-packet.*.block-timeout',
  integer(1, 10_000),
  10,
  'milliseconds after which an incomplete block is delivered',
);
const NO_PROMISCUOUS = option(
  'af-packet.*.disable-promisc',
  boolean,
  false,
  'disable promiscuous mode: only packets to and from this host',
);
const COPY_MODE = option(
  'af-packet.*.copy-mode',
  choice('none', 'ips', 'tap'),
  'none',
  'forward packets to copy-iface: those accepted (ips), or all (tap)',
);
const COPY_DEVICE = option('af-packet.*.copy-iface', text, '', 'device that packets are forwarded to');
const FILTER = option('af-packet.*.bpf-filter', packetFilter, '', 'filter for inspected packets');
const CHECKSUMS = option(
  'af-packet.*.checksum-checks',
  choice('auto', 'kernel', 'yes', 'no'),
  'kernel',
  'verify checksums; kernel: as the kernel indicates for each packet',
);
const OLD = ['use-mmap', 'mmap-locked', 'tpacket-v3', 'use-emergency-flush', 'buffer-size'].map(name =>
  option(`af-packet.*.${name}`, text, '', 'accepted for compatibility: rings are always TPACKET_V3'),
);

export const options: readonly AnyOption[] = [
  ...[DEVICES, INTERFACE, THREADS, CLUSTER_ID, CLUSTER_TYPE, DEFRAG, RING_SIZE, BLOCK_SIZE, BLOCK_TIMEOUT],
  ...[NO_PROMISCUOUS, COPY_MODE, COPY_DEVICE, FILTER, CHECKSUMS, ...OLD],
];

export interface DeviceSettings {
  readonly name: string;
  /** 0: as many as there are cores. */
  readonly threads: number;
  readonly clusterId: number;
  readonly clusterType: 'cluster_flow' | 'cluster_cpu' | 'cluster_qm';
  readonly defrag: boolean;
  readonly blockSize: number;
  readonly blocks: number;
  readonly blockTimeout: number;
  readonly promiscuous: boolean;
  readonly copyMode: 'none' | 'ips' | 'tap';
  readonly copyDevice: string;
  readonly filter: string;
  readonly verifiesChecksums: boolean;
}

/** Device names, from the configuration when none is given. */
export function deviceNames(config: Config): string[] {
  const given = config.read(DEVICES);
  if (given.length > 0) return [...new Set(given)];
  return items(config).filter(name => name !== 'default' && name !== '');
}

/** The settings of a device: its own, then those of `default`. */
export function deviceSettings(config: Config, name: string): DeviceSettings {
  const names = items(config);
  const places = [names.indexOf(name), names.indexOf('default')].filter(place => place >= 0);
  const read = <T>(of: Option<T>): T => {
    for (const place of places) {
      const path = of.path.replace('*', String(place));
      if (config.at(path) !== undefined && config.at(path) !== null) return config.read({ ...of, path });
    }
    return of.fallback;
  };
  const blockSize = roundedToPages(read(BLOCK_SIZE));
  return {
    name,
    threads: Number.parseInt(read(THREADS), 10) || 0,
    clusterId: read(CLUSTER_ID),
    clusterType: read(CLUSTER_TYPE),
    defrag: read(DEFRAG),
    blockSize,
    blocks: Math.max(2, Math.ceil((read(RING_SIZE) * 2048) / blockSize)),
    blockTimeout: read(BLOCK_TIMEOUT),
    promiscuous: !read(NO_PROMISCUOUS),
    copyMode: read(COPY_MODE),
    copyDevice: read(COPY_DEVICE),
    filter: read(FILTER),
    verifiesChecksums: read(CHECKSUMS) !== 'no',
  };
}

function items(config: Config): string[] {
  const list = config.at('af-packet');
  if (!Array.isArray(list)) return [];
  return list.map((_, i) => config.read({ ...INTERFACE, path: INTERFACE.path.replace('*', String(i)) }));
}

/** A block must hold the largest packet and be a multiple of the page size. */
function roundedToPages(bytes: number): number {
  const page = 4096;
  return Math.max(32 * page, Math.ceil(bytes / page) * page);
}
