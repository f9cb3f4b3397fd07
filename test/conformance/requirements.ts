/** `requires` and `skip`: whether a test, or one of its checks, applies to this version and machine. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersion, TARGET_VERSION } from './version.js';

export interface Requirements {
  readonly 'min-version'?: string | number;
  readonly 'lt-version'?: string | number;
  readonly 'gt-version'?: string | number;
  readonly version?: string | number;
  readonly features?: readonly string[];
  readonly env?: readonly string[];
  readonly files?: readonly string[];
  readonly script?: readonly string[];
  readonly lambda?: string;
  readonly os?: string;
  readonly arch?: string;
  readonly pcap?: boolean;
}

/** What requirements are compared with. */
export interface Machine {
  /** Words of the `Features:` line of `--build-info`. */
  readonly features: ReadonlySet<string>;
  /** Folder that replaces the source tree of the engine. */
  readonly sourceFolder: string;
}

const PLATFORM = /sys\.platform\s*([!=]=)\s*["'](\w+)["']/;
const ARCHITECTURES: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' };

/** @returns why the test does not apply to this machine, or undefined if it does */
export function unmetRequirement(requires: Requirements | undefined, machine: Machine): string | undefined {
  if (!requires) return undefined;
  return unmetVersion(requires) ?? unmetFeature(requires, machine) ?? unmetSystem(requires, machine);
}

function unmetVersion(requires: Requirements): string | undefined {
  const compareWith = (wanted: string | number) => compareVersion(TARGET_VERSION, String(wanted));
  const minimum = requires['min-version'];
  if (minimum != null && compareWith(minimum) < 0) return `requires at least version ${minimum}`;
  const below = requires['lt-version'];
  if (below != null && compareWith(below) >= 0) return `for version less than ${below}`;
  const above = requires['gt-version'];
  if (above != null && compareWith(above) <= 0) return `for version greater than ${above}`;
  const exact = requires.version;
  if (exact != null && compareWith(exact) !== 0) return `only for version ${exact}`;
  return undefined;
}

function unmetFeature(requires: Requirements, machine: Machine): string | undefined {
  const missing = requires.features?.find(feature => !machine.features.has(feature));
  return missing && `requires feature ${missing}`;
}

function unmetSystem(requires: Requirements, machine: Machine): string | undefined {
  const variable = requires.env?.find(name => !process.env[name]);
  if (variable) return `requires env var ${variable}`;
  const file = requires.files?.find(name => !existsSync(join(machine.sourceFolder, name)));
  if (file) return `requires file ${file}`;
  if (requires.os && !process.platform.startsWith(requires.os.toLowerCase()))
    return `requires os ${requires.os}`;
  const arch = ARCHITECTURES[process.arch] ?? process.arch;
  if (requires.arch && requires.arch !== arch) return `requires arch ${requires.arch}`;
  if (requires.lambda && !evaluates(requires.lambda)) return `requires ${requires.lambda}`;
  const refused = requires.script?.some(line => !succeeds(line, machine.sourceFolder));
  return refused ? 'requires script returned false' : undefined;
}

/** Expressions of another language are not evaluated; those that tests use compare the platform. */
function evaluates(lambda: string): boolean {
  const comparison = PLATFORM.exec(lambda);
  return comparison !== null && (comparison[1] === '==') === (process.platform === comparison[2]);
}

function succeeds(line: string, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', line], { cwd: folder, timeout: 10_000, stdio: 'ignore' }).status === 0;
}

/** @returns the message of the first `skip` entry that applies */
export function skipReason(
  entries: readonly { feature?: string; uid?: number; msg?: string }[] | undefined,
  machine: Machine,
): string | undefined {
  const entry = entries?.find(
    ({ feature, uid }) =>
      (feature === undefined && uid === undefined) ||
      (feature !== undefined && machine.features.has(feature)) ||
      (uid !== undefined && process.getuid?.() === uid),
  );
  return entry && (entry.msg ?? 'not for this machine');
}
