/** The configuration of a run: which file it comes from, and which parts are not accepted. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packaged } from '../compiled.js';
import { assign, keysOf } from '../config/assign.js';
import type { Config } from '../config/config.js';
import { locationText } from '../config/config-error.js';
import type { DeclaredOptions, Finding } from '../config/declared.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import type { Mapping } from '../config/scalar.js';
import type { Log } from '../module.js';
import { absentLines, absentReason } from './command-line/absent-options.js';
import { UsageError } from './usage-error.js';

/** Default locations of the configuration. */
const DEFAULT_PATHS = ['/etc/sluice/sluice.yaml', '/etc/suricata/suricata.yaml'];

/** The documented defaults, which are a valid configuration as well. */
export function defaultsFile(): string {
  return fileURLToPath(packaged('suricata-like.yaml'));
}

export interface SettingsSources {
  readonly config?: string;
  readonly includes?: readonly string[];
  readonly sets?: readonly string[];
}

export interface Settings extends LoadedConfig {
  /** The file that was read. */
  readonly file: string;
}

/** @throws ConfigError */
export function readSettings(sources: SettingsSources, environment = process.env): Settings {
  const named = sources.config ?? environment.SLUICE_CONFIG;
  const file = named ?? DEFAULT_PATHS.find(existsSync) ?? defaultsFile();
  return { file, ...loadConfig({ file, includes: sources.includes, sets: sources.sets, environment }) };
}

/** Folder that paths in the configuration are relative to; defaults have none. */
export function folderOf({ file }: Pick<Settings, 'file'>): string {
  return file === defaultsFile() ? process.cwd() : dirname(file);
}

/** Adds settings of the run to the configuration. */
export function addSettings(config: Config, settings: Readonly<Record<string, unknown>>): void {
  for (const [path, value] of Object.entries(settings))
    assign(config.tree as Mapping, { path: keysOf(path), value });
}

/** `suricata.yaml:12: stream.inlin: unknown key, did you mean stream.inline?` */
export function findingText({ locations }: LoadedConfig, { path, message }: Finding): string {
  return `${locationText(locationOf(locations, path))}: ${path}: ${message}`;
}

/** Keys that result from a setting of a parent node have its position. */
function locationOf(locations: LoadedConfig['locations'], path: string) {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const location = locations.get(at);
    if (location) return location;
  }
  return undefined;
}

/**
 * Logs what is not accepted: invalid values as errors, probable typing mistakes in keys as warnings, options of
 * Suricata without effect by name, other unknown keys at level info and their number at level notice.
 * @returns number of errors
 * @throws UsageError when one of them prevents a start
 */
export function logFindings(settings: LoadedConfig, declared: DeclaredOptions, log: Log): number {
  const findings = declared.check(settings.config.tree);
  const wrong = findings.filter(finding => finding.kind === 'unaccepted' && !finding.isWarning);
  const absent = findings.filter(({ kind, path }) => kind === 'unknown' && absentReason(path) !== undefined);
  const others = findings.filter(finding => finding.kind === 'unknown' && !absent.includes(finding));
  const likely = others.filter(finding => finding.nearest !== undefined);
  const unknown = others.filter(finding => finding.nearest === undefined);
  for (const finding of wrong) log.error(`config: ${findingText(settings, finding)}`);
  for (const finding of findings.filter(({ isWarning }) => isWarning))
    log.warning(`config: ${findingText(settings, finding)}`);
  for (const finding of likely) log.warning(`config: ${findingText(settings, finding)}`);
  for (const line of absentLines(absent.map(({ path }) => path))) log.notice(`config: ${line}`);
  for (const finding of unknown) log.info(`config: ${findingText(settings, finding)}`);
  if (unknown.length > 0) log.notice(`config: ${unknown.length} unknown keys have no effect (-v lists them)`);
  if (findings.some(finding => finding.fatal)) throw new UsageError('the configuration is invalid');
  return wrong.length;
}
