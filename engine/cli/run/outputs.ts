/** Determines the outputs enabled in a configuration. */
import type { Config } from '../../config/config.js';
import { enabledOutputs } from '../../config/output-list.js';
import { EVENT_KINDS } from '../../event.js';
import type { LogSink } from '../../log-sink.js';
import type { Log, ModuleDefinition } from '../../module.js';
import type { StatsLog } from '../../stats-record.js';
import { loadOwnModules } from '../../thread/load-module.js';

/** Names of the built-in modules that write something with this configuration. */
export async function configuredOutputs(config: Config): Promise<string[]> {
  const { modules } = await loadOwnModules();
  return [...modules]
    .filter(([, module]) => module.kind === 'output' && isUsed(module, config))
    .map(([name]) => name);
}

function isUsed(module: ModuleDefinition, config: Config): boolean {
  if ((module.wants?.(config).length ?? 1) > 0 || writesStatistics(module, config)) return true;
  // A log that is enabled is created even if no event is wanted in it.
  const own = outputsOf(module);
  return enabledOutputs(config).some(({ name }) => own.has(name));
}

function writesStatistics(module: ModuleDefinition, config: Config): boolean {
  const logs = module.statistics?.(config) ?? [];
  // They were opened only to be queried; scripts keep files open.
  for (const log of logs) log.close?.();
  return logs.length > 0;
}

/** Names of the outputs configured by a module's options. */
function outputsOf({ options = [] }: ModuleDefinition): Set<string> {
  return new Set(options.flatMap(({ path }) => /^outputs\.\*\.([^.*]+)/.exec(path)?.[1] ?? []));
}

/** A bit for each event kind that one of the modules consumes. */
export function wantedEvents(modules: Iterable<ModuleDefinition>, config: Config): number {
  let bits = 0;
  for (const module of modules) {
    if (module.kind !== 'output') continue;
    const kinds = module.wants?.(config);
    bits |= kinds ? kinds.reduce((sum, kind) => sum | (1 << kind), 0) : (1 << EVENT_KINDS) - 1;
  }
  return bits;
}

/** The module's own target of the log with this name; undefined for a file of lines. */
export function moduleLogSink(
  modules: Iterable<ModuleDefinition>,
  file: string,
  config: Config,
  report: (message: string) => void,
): LogSink | undefined {
  for (const module of modules) {
    const log = module.openLog?.(file, config, report);
    if (log) return log;
  }
  return undefined;
}

/** How the modules write statistics. */
export function statisticsLogs(modules: Iterable<ModuleDefinition>, config: Config): StatsLog[] {
  return [...modules].flatMap(module => module.statistics?.(config) ?? []);
}

/** Warns of outputs that are listed and enabled but that no module writes. */
export async function logMissingOutputs(config: Config, log: Log): Promise<void> {
  const { modules } = await loadOwnModules();
  const written = new Set([...modules.values()].flatMap(module => [...outputsOf(module)]));
  const missing = enabledOutputs(config)
    .map(entry => entry.name)
    .filter(name => !written.has(name));
  if (missing.length > 0)
    log.notice(`output: not supported and ignored: ${[...new Set(missing)].join(', ')}`);
}
