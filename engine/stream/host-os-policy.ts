/**
 * The configured operating system of a host (`host-os-policy`), and the resulting policy for overlapping TCP segments
 * and IP fragments: systems differ in which data they keep. The policy of the receiver applies.
 */
import type { Config } from '../config/config.js';
import { networks } from '../config/networks.js';
import { type OptionType, option } from '../config/option.js';
import { PrefixTable } from '../prefix-table.js';

/** Names accepted by `host-os-policy`: Suricata's, and `first`, `last` and `linux-6` (Linux since 4.19). */
export const HOST_OS = [
  'bsd',
  'bsd-right',
  'old-linux',
  'linux',
  'linux-6',
  'old-solaris',
  'solaris',
  'hpux10',
  'hpux11',
  'irix',
  'macos',
  'windows',
  'vista',
  'windows2k3',
  'first',
  'last',
] as const;

export type HostOs = (typeof HOST_OS)[number];

/** For hosts without an entry. */
const DEFAULT_HOST_OS: HostOs = 'bsd';

/** How overlapping TCP segments are reassembled. */
export type TcpClass = 'first' | 'last' | 'bsd' | 'linux' | 'old-linux' | 'solaris' | 'linux-6';

const TCP_CLASS: Readonly<Record<HostOs, TcpClass>> = {
  bsd: 'bsd',
  'bsd-right': 'bsd',
  'old-linux': 'old-linux',
  linux: 'linux',
  'linux-6': 'linux-6',
  'old-solaris': 'solaris',
  solaris: 'solaris',
  hpux10: 'bsd',
  hpux11: 'solaris',
  irix: 'bsd',
  macos: 'bsd',
  windows: 'bsd',
  vista: 'first',
  windows2k3: 'bsd',
  first: 'first',
  last: 'last',
};

export function tcpClass(os: HostOs): TcpClass {
  return TCP_CLASS[os];
}

/** How overlapping IP fragments are reassembled. */
export type FragmentClass =
  | 'first'
  | 'last'
  | 'bsd'
  | 'bsd-right'
  | 'linux'
  | 'windows'
  | 'solaris'
  | 'linux-6';

const FRAGMENT_CLASS: Readonly<Record<HostOs, FragmentClass>> = {
  bsd: 'bsd',
  'bsd-right': 'bsd-right',
  'old-linux': 'linux',
  linux: 'linux',
  'linux-6': 'linux-6',
  'old-solaris': 'first',
  solaris: 'solaris',
  hpux10: 'bsd',
  hpux11: 'first',
  irix: 'bsd',
  macos: 'first',
  windows: 'windows',
  vista: 'windows',
  windows2k3: 'windows',
  first: 'first',
  last: 'last',
};

export function fragmentClass(os: HostOs): FragmentClass {
  return FRAGMENT_CLASS[os];
}

/** Values other than a mapping of systems: a mapping is validated by the options of its systems. */
const systems: OptionType<object> = {
  expected: 'operating systems, each with a list of addresses and networks',
  parse: () => undefined,
};

const PATH = 'host-os-policy';
const hostsOf = (os: HostOs) =>
  option(`${PATH}.${os}`, networks, [] as readonly string[], `addresses and networks of ${os} hosts`);

/** Operating systems of hosts: they determine how overlapping segments and fragments sent to them are reassembled. */
export const hostOsOptions = [
  option(PATH, systems, {}, 'operating systems of hosts'),
  ...HOST_OS.map(hostsOf),
];

/** The configured hosts, looked up by address. */
export class HostOsPolicy {
  private readonly table = new PrefixTable<HostOs>();

  constructor(config: Config) {
    for (const os of HOST_OS) {
      for (const network of config.read(hostsOf(os))) this.table.add(network, os);
    }
  }

  /** System of the host whose address is at `offset`. @param version 4 or 6 */
  policyOf(bytes: Uint8Array, offset: number, version: number): HostOs {
    return this.table.lookup(bytes, offset, version) ?? DEFAULT_HOST_OS;
  }
}
