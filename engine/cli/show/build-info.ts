/** Build information: `--build-info`. */
import { availableParallelism, cpus, endianness, release, type } from 'node:os';
import { native, nativeProblem } from '../../native.js';
import { versionLine } from '../version.js';

/** Words of the `Features:` line; tests check for them. */
export function features(): string[] {
  const addon = native();
  const always = [
    'PCAP_FILE',
    'HAVE_LIBJANSSON',
    'QA_SIMULATION',
    'liblz4',
    'HAVE_JA3',
    'HAVE_JA4',
    'HAVE_LUA',
  ];
  if (!addon) return always;
  return [
    ...always,
    ...(addon.versions.hyperscan ? ['HYPERSCAN'] : []),
    ...(addon.versions.pcre2 ? ['PCRE_JIT'] : []),
    ...(addon.loadMagic('') ? ['MAGIC'] : []),
  ];
}

export function buildInfo(): string {
  const addon = native();
  const libraries = addon
    ? Object.entries(addon.versions).map(([name, version]) => `  ${name.padEnd(12)} ${version}`)
    : [`  none: ${nativeProblem()}`];
  return [
    `This is ${versionLine()}`,
    `Features: ${features().join(' ')}`,
    '',
    `Node.js ${process.version}, V8 ${process.versions.v8}`,
    `${type()} ${release()}, ${process.arch}, ${endianness() === 'LE' ? 'little' : 'big'}-endian`,
    `${availableParallelism()} of ${cpus().length} CPUs: ${cpus()[0]?.model ?? 'unknown'}`,
    '',
    'Native addon:',
    ...libraries,
  ].join('\n');
}
