// Compiler, libraries and programs of the system, installed by apt if that needs no password.
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonIn, run, say, works } from './run.mjs';

const includes = ['/usr/include', '/usr/local/include'];
const hasHeader = name => includes.some(folder => existsSync(`${folder}/${name}`));
const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
const hasProgram = name => folders.some(folder => existsSync(`${folder}/${name}`));
const program = (name, ...packages) => ({ name, packages, here: () => hasProgram(name) });

/** Build dependencies of the addon, `extra` the optional ones; the first available of `packages` is installed. */
const ofAddon = [
  { name: 'g++', packages: ['g++'], here: () => hasProgram('g++') || hasProgram('c++') },
  program('make', 'make'),
  program('python3', 'python3'),
  {
    name: 'Hyperscan',
    packages: ['libhyperscan-dev', 'libvectorscan-dev'],
    here: () => hasHeader('hs/hs.h'),
  },
  { name: 'PCRE2', packages: ['libpcre2-dev'], here: () => hasHeader('pcre2.h') },
  { name: 'libmnl', packages: ['libmnl-dev'], extra: true, here: () => hasHeader('libmnl/libmnl.h') },
];

/** Programs with which tests of the inline sensor create networks. */
const ofTests = [
  program('ip', 'iproute2'),
  program('ping', 'iputils-ping'),
  program('iptables', 'iptables'),
  program('nft', 'nftables'),
  program('ethtool', 'ethtool'),
  program('sysctl', 'procps'),
  program('curl', 'curl'),
];

const lacking = parts => parts.filter(part => !part.here());
const needed = missing => missing.filter(part => !part.extra);

/** A host without network should not wait for apt at every start. */
const dayMs = 24 * 3600 * 1000;
function failedToday(path) {
  const explicit =
    process.env.npm_lifecycle_event === undefined || process.env.npm_lifecycle_event === 'setup';
  return !explicit && existsSync(path) && Date.now() - statSync(path).mtimeMs < dayMs;
}

/** The words before a command that make it run as root, or undefined if that needs a password. */
function asRoot() {
  if (!hasProgram('apt-get')) return undefined;
  if (process.getuid() === 0) return [];
  return works('sudo', ['-n', 'true']) ? ['sudo', '-n', 'DEBIAN_FRONTEND=noninteractive'] : undefined;
}

function apt(root, args, seconds) {
  const bounded = [
    '-o',
    'DPkg::Lock::Timeout=60',
    '-o',
    'Acquire::Retries=1',
    '-o',
    'Acquire::http::Timeout=20',
  ];
  const [command, ...rest] = [...root, 'apt-get', ...bounded, ...args];
  return run(command, rest, { seconds });
}

/** A package is offered when apt can simulate its installation. */
const offered = name => works('apt-get', ['install', '--simulate', '-qq', name], 30);
const chosen = missing => missing.map(part => part.packages.find(offered) ?? part.packages[0]);

async function install(root, missing) {
  if (!missing.every(part => part.packages.some(offered))) await apt(root, ['update', '-qq'], 180);
  const command = ['install', '-y', '-qq', '--no-install-recommends'];
  const first = await apt(root, [...command, ...chosen(missing)], 600);
  if (first.ok) return first;
  // Package lists may be older than the archive.
  await apt(root, ['update', '-qq'], 180);
  return apt(root, [...command, ...chosen(missing)], 600);
}

/** Installs the build dependencies of the addon. See `installParts`. */
export const installAddonParts = note => installParts(ofAddon, note);

/** Installs the programs that tests run, if tests can use them: as root. See `installParts`. */
export const installTestPrograms = async note =>
  process.getuid() === 0 ? installParts(ofTests, note) : undefined;

/**
 * @param {string} note file that remembers a failed attempt
 * @returns {Promise<string | undefined>} what is missing and how to get it, in one line; undefined if nothing is
 * missing
 */
async function installParts(parts, note) {
  const missing = lacking(parts);
  if (missing.length === 0) return undefined;
  let why = '';
  const root = failedToday(note) ? undefined : asRoot();
  if (root) {
    say(`installing ${missing.map(part => part.name).join(', ')} …`);
    const { ok, output } = await install(root, missing);
    if (!ok) why = ` (apt: ${reasonIn(output)})`;
  }
  const still = needed(lacking(parts));
  if (still.length === 0) return undefined;
  if (root) {
    mkdirSync(dirname(note), { recursive: true });
    writeFileSync(note, '');
  }
  const names = still.map(part => part.name).join(', ');
  const packages = still.map(part => part.packages.join(' or ')).join(' ');
  return `${names} missing${why}; install: ${packages}`;
}
