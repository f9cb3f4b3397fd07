/** Command line options shared with Suricata: one table of what each is and what it sets. */

/** Settings that an option changes, as `path=value`. */
type Sets = (value: string) => readonly string[];

export interface Argument {
  /** In commander's syntax: `-c <file>`, `--af-packet [device]`. */
  readonly flags: string;
  readonly help: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
  readonly sets?: Sets;
  /** Why it is refused. */
  readonly refused?: string;
  /** Not shown in the help. */
  readonly hidden?: boolean;
}

const to =
  (path: string): Sets =>
  value => [`${path}=${value}`];
const settings =
  (...sets: string[]): Sets =>
  () =>
    sets;

const INPUT: Argument[] = [
  {
    flags: '-r <path>',
    help: 'read a capture, a folder of captures, or - for standard input; may be repeated',
    repeatable: true,
  },
  {
    flags: '--pcap-file-continuous',
    help: 'wait for more files in the folder, or more packets in the file',
    sets: settings('pcap-file.continuous=yes'),
  },
  {
    flags: '--pcap-file-recursive',
    help: 'include subfolders',
    sets: settings('pcap-file.recursive=yes'),
  },
  {
    flags: '--pcap-file-delete',
    help: 'delete captures after reading them',
    sets: settings('pcap-file.delete-when-done=yes'),
  },
  { flags: '--pcap-file-buffer-size <size>', help: 'bytes per read', sets: to('pcap-file.buffer-size') },
  {
    flags: '-q <queue>',
    help: 'process the packets of a netfilter queue inline, or of several: 0:3',
    repeatable: true,
  },
  { flags: '-i <device>', help: 'monitor a network device', repeatable: true },
  { flags: '--af-packet [device]', help: 'monitor network devices through AF_PACKET' },
  { flags: '--pcap [device]', help: 'monitor a network device', hidden: true },
  {
    flags: '--unix-socket [file]',
    help: 'read the captures named by commands on a socket (suricatasc: pcap-file)',
  },
  { flags: '-F <file>', help: 'file with a packet filter' },
  {
    flags: '-k <mode>',
    help: 'verify checksums: all, or none',
    sets: value => [`capture.checksum-validation=${value}`],
  },
  {
    flags: '--simulate-ips',
    help: 'process a capture as if inline, with a verdict for each packet',
    sets: settings('engine-mode=ips'),
  },
];

const CONFIGURATION: Argument[] = [
  { flags: '-c <file>', help: 'configuration file' },
  {
    flags: '--include <file>',
    help: 'configuration file whose sections replace those of -c',
    repeatable: true,
  },
  { flags: '--set <path=value>', help: 'change one setting: --set stream.inline=yes', repeatable: true },
  {
    flags: '-s <rules>',
    help: 'rule file in addition to those of the configuration; may be repeated',
    repeatable: true,
  },
  { flags: '-S <rules>', help: 'rule file instead of those of the configuration', repeatable: true },
  {
    flags: '--firewall',
    help: 'firewall mode: drop what firewall rules do not accept',
    sets: settings('firewall.enabled=yes'),
  },
  {
    flags: '--firewall-rules-exclusive <file>',
    help: 'firewall rules, instead of those of the configuration; enables firewall mode',
    sets: settings('firewall.enabled=yes'),
  },
  { flags: '-l <folder>', help: 'folder for log files', sets: to('default-log-dir') },
  { flags: '--data-dir <folder>', help: 'folder for persistent state', sets: to('default-data-dir') },
  {
    flags: '--runmode <profile>',
    help: 'threads: single, workers, autofp, or any profile (see sluice profiles list)',
    sets: to('runmode'),
  },
  { flags: '--disable-detection', help: 'load no rules' },
  {
    flags: '--init-errors-fatal',
    help: 'do not start if a rule or setting is invalid',
    sets: settings('engine.init-failure-fatal=yes'),
  },
  {
    flags: '--strict-rule-keywords [keywords]',
    help: 'reject rules with questionable use of these keywords: all, or names',
  },
  {
    flags: '--disable-hashing',
    help: 'compute no file hashes and fingerprints',
    sets: settings(
      'disable-hashing=yes',
      'app-layer.protocols.tls.ja3-fingerprints=no',
      'app-layer.protocols.quic.ja3-fingerprints=no',
      'app-layer.protocols.ssh.hassh=no',
      'app-layer.protocols.smtp.mime.body-md5=no',
    ),
  },
  {
    flags: '--reject-dev <device>',
    help: 'device from which reject packets are sent',
    sets: to('reject.device'),
  },
  { flags: '--user <user>', help: 'run as this user after startup', sets: to('run-as.user') },
  { flags: '--group <group>', help: 'run as this group after startup', sets: to('run-as.group') },
  { flags: '--pidfile <file>', help: 'write the process id to this file', sets: to('pid-file') },
  { flags: '-D', help: 'run in the background' },
  {
    flags: '-v, --verbose',
    help: 'log more: -v info, -vv perf, -vvv config, -vvvv debug',
    repeatable: true,
  },
  { flags: '--quiet', help: 'log errors only' },
];

const INFORMATION: Argument[] = [
  { flags: '-T', help: 'test configuration and rules, then exit' },
  { flags: '--dump-config', help: 'show the configuration in force as lines of key = value' },
  { flags: '--dump-features', help: 'show the features that rules can require' },
  { flags: '--build-info', help: 'show version, platform and libraries' },
  {
    flags: '--list-keywords [what]',
    help: 'list the rule keywords: names, all details, csv, or one keyword',
  },
  { flags: '--list-runmodes', help: 'list the profiles for --runmode' },
  { flags: '--list-app-layer-protos', help: 'list the application protocols' },
  { flags: '--list-app-layer-frames', help: 'list the frames of application protocols' },
  { flags: '--list-app-layer-hooks', help: 'list the hooks that can follow a protocol in rule headers' },
  { flags: '--list-rule-protos', help: 'list the protocols for rule headers' },
  { flags: '--engine-analysis', help: 'write an analysis of the rules, then exit' },
];

const SIMULATION: Argument[] = [
  {
    flags: '--no-random',
    help: 'use the same random numbers in each run',
    sets: settings('simulate.no-random=yes', 'stream.reassembly.randomize-chunk-size=no'),
  },
  ...[
    'packet-flow-memcap',
    'packet-tcp-reassembly-memcap',
    'packet-tcp-ssn-memcap',
    'packet-defrag-memcap',
    'packet-loss',
    'applayer-error-at-offset-ts',
    'applayer-error-at-offset-tc',
  ].map(name => ({
    flags: `--simulate-${name} <number>`,
    help: `act as if it happened at packet or offset`,
    hidden: true,
    sets: to(`simulate.${name}`),
  })),
  {
    flags: '--simulate-alert-queue-realloc-failure',
    help: '',
    hidden: true,
    sets: settings('simulate.alert-queue-realloc-failure=yes'),
  },
  {
    flags: '--qa-skip-prefilter',
    help: 'evaluate every rule for every packet',
    hidden: true,
    sets: settings('simulate.skip-prefilter=yes'),
  },
];

const NO_CAPTURE =
  'this capture method is not supported; use capture files (-r), NFQUEUE (-q) or AF_PACKET (-i)';

const REFUSED: Argument[] = [
  ...[
    '--pfring [device]',
    '--pfring-int <device>',
    '--pfring-cluster-id <id>',
    '--pfring-cluster-type <type>',
    '--netmap [device]',
    '--dpdk',
    '--af-xdp [device]',
    '--nflog [group]',
    '--pcap-buffer-size <size>',
    '--napatech',
    '--dag <device>',
    '--erf-in <file>',
    '--erf-dag <device>',
    '--windivert <filter>',
    '--windivert-forward <filter>',
    '-d <port>',
  ].map(flags => ({ flags, help: '', hidden: true, refused: NO_CAPTURE })),
  ...['-u', '-U <regex>', '--list-unittests', '--fatal-unittests', '--unittests-coverage'].map(flags => ({
    flags,
    help: '',
    hidden: true,
    refused: 'run the tests of Sluice with: npm test',
  })),
];

/** All options, by section of the help. */
export const CHAPTERS: Readonly<Record<string, readonly Argument[]>> = {
  'Packet sources': INPUT,
  Settings: CONFIGURATION,
  'Information (prints and exits)': INFORMATION,
  'For testing': SIMULATION,
  '': REFUSED,
};

/** The settings of the given options, in the order of the table. */
export function settingsOf(given: Readonly<Record<string, unknown>>): string[] {
  const sets: string[] = [];
  for (const argument of Object.values(CHAPTERS).flat()) {
    const value = given[nameOf(argument.flags)];
    if (value !== undefined && argument.sets) sets.push(...argument.sets(String(value)));
  }
  return sets;
}

/** Why a given option is refused; undefined if none is. */
export function refusal(given: Readonly<Record<string, unknown>>): string | undefined {
  const refused = REFUSED.find(argument => given[nameOf(argument.flags)] !== undefined);
  return refused && `${refused.flags.split(' ')[0]}: ${refused.refused}`;
}

/** The name under which commander stores an option's value: the long one in camel case, else the letter. */
function nameOf(flags: string): string {
  const long = /--([\w-]+)/.exec(flags)?.[1];
  if (long === undefined) return flags[1]!;
  // Commander reads `--no-x` as the opposite of `--x`, which is true unless given; see `parse.ts`.
  return long.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
