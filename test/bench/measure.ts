/**
 * One measurement in a process of its own: `node --trace-gc dist/test/bench/measure.js JOB`, where JOB is JSON of the
 * form `Job`. The last line of its output is JSON of the form `Measured`.
 */
import { readFileSync } from 'node:fs';
import { allocateExpectations, EXPECTATIONS } from '../../engine/application/expectations.js';
import { loadProtocols } from '../../engine/application/load-protocols.js';
import { parseArguments } from '../../engine/cli/command-line/parse.js';
import { optimizeLess } from '../../engine/cli/optimize-less.js';
import { LOG_FOLDER } from '../../engine/cli/options.js';
import { chooseProfile } from '../../engine/cli/run/choose-profile.js';
import { inputsOf } from '../../engine/cli/run/inputs.js';
import { configuredOutputs, statisticsLogs, wantedEvents } from '../../engine/cli/run/outputs.js';
import { type Preparation, prepare } from '../../engine/cli/run/preparation.js';
import { addSettings, readSettings } from '../../engine/cli/settings.js';
import { Config } from '../../engine/config/config.js';
import type { Engine } from '../../engine/engine.js';
import { APP_PROTOCOL_NAMES, SOURCE_NAMES } from '../../engine/event.js';
import { consoleLog } from '../../engine/log.js';
import { settingsOf } from '../../engine/log-file/settings.js';
import { LogFile } from '../../engine/log-file.js';
import { loadProfile } from '../../engine/manager/load-profile.js';
import { startEngine } from '../../engine/manager/start.js';
import { expressionCheck } from '../../signatures/expression-check.js';
import { loadRules } from '../../signatures/load-rules.js';
import { DETECTION_STATE } from '../../signatures/state/detection-state.js';
import { prepareBareScan } from './bare-scan.js';
import { runStages } from './stages.js';
import { WarmPart } from './warm-part.js';

export interface Job {
  readonly capture: string;
  readonly configuration: string;
  /** Command line arguments, without the capture and the configuration. */
  readonly words: readonly string[];
  /** Number of threads of groups with `count: auto`. */
  readonly threads: number;
  /** Each stage by itself, one after the other in this thread. */
  readonly stages?: boolean;
  /** Only scan the payloads with the patterns of the rules. */
  readonly bare?: boolean;
  /** Read the capture this many times, and measure all passes but the first. */
  readonly passes?: number;
}

export interface Measured {
  readonly packets: number;
  readonly bytes: number;
  readonly alerts: number;
  /** From the start of the process until packets flow, and from then to the end. */
  readonly startSeconds: number;
  readonly seconds: number;
  /** CPU time of the whole process while packets flow, and of its engine threads in total. */
  readonly cpuSeconds: number;
  readonly threadSeconds: number;
  /** Highest resident memory. */
  readonly peakBytes: number;
  /** Microseconds per packet of each stage alone. */
  readonly stages?: Readonly<Record<string, number>>;
}

// As the program does.
optimizeLess();
const job = JSON.parse(process.argv[2]!) as Job;
const measured = await measure();
process.stdout.write(`\n${JSON.stringify(measured)}\n`);
process.exit(0);

async function measure(): Promise<Measured> {
  const given = parseArguments(
    ['-c', job.configuration, '-r', job.capture, '--quiet', ...job.words],
    () => {},
  )!;
  const settings = readSettings({ config: given.config, includes: given.includes, sets: given.sets });
  const inputs = inputsOf(given, settings.config);
  addSettings(settings.config, inputs.settings);
  if (job.bare) return bare(settings.config, given.rules.exclusive);
  const preparation = await prepare(given, settings, consoleLog(0, undefined, true));
  if (job.stages) return stagesAlone(preparation);

  const engine = await start(preparation, inputs.names);
  const startSeconds = sinceStart();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const warm = job.passes === undefined ? undefined : new WarmPart(engine);
  const { threads, failure } = await engine.finished;
  const seconds = (performance.now() - began) / 1000;
  if (failure !== undefined) throw new Error(failure);
  const counters = engine.counters();
  return {
    packets: counters.get('decoder.pkts') || counters.get('pcap_file.packets') || 0,
    bytes: counters.get('decoder.bytes') || counters.get('pcap_file.bytes') || 0,
    alerts: counters.get('detect.alert') ?? 0,
    startSeconds,
    seconds,
    cpuSeconds: cpuSince(cpu),
    threadSeconds: threads.reduce((sum, thread) => sum + thread.cpuSeconds, 0),
    peakBytes: peakMemory(),
    ...warm?.end(job.passes!),
  };
}

async function start(
  { config, from, protocols, rules, detectionState }: Preparation,
  names: readonly string[],
): Promise<Engine> {
  const profile = chooseProfile(config, { live: false, inputs: 1, together: true, cores: job.threads });
  const outputs = await configuredOutputs(config);
  const { modules } = await loadProfile(profile, 'pcap', outputs, from);
  return startEngine({
    config: new Config(config.tree),
    profile,
    input: 'pcap',
    outputs,
    shared: {
      [APP_PROTOCOL_NAMES]: ['unknown', ...protocols.map(protocol => protocol.name)],
      [SOURCE_NAMES]: names,
      [DETECTION_STATE]: detectionState,
      [EXPECTATIONS]: allocateExpectations(),
      ...(rules !== undefined && { rules }),
    },
    wantedEvents: wantedEvents(modules.values(), config),
    statistics: statisticsLogs(modules.values(), config),
    live: false,
    from,
    autoThreads: job.threads,
    seed: 1,
    log: consoleLog(0, undefined, true),
    openLog: path => new LogFile(path, settingsOf(config, path)),
  });
}

async function stagesAlone({ config, protocols, rules }: Preparation): Promise<Measured> {
  const { modules } = await loadProfile(
    chooseProfile(config, { live: false, inputs: 1, together: true, cores: 1 }),
    'pcap',
    await configuredOutputs(config),
    '.',
  );
  const wanted = wantedEvents(modules.values(), config);
  const shared = {
    [APP_PROTOCOL_NAMES]: ['unknown', ...protocols.map(protocol => protocol.name)],
    ...(rules !== undefined && { rules }),
  };
  const kinds = Array.from({ length: 32 }, (_, i) => i).filter(kind => (wanted & (1 << kind)) !== 0);
  const startSeconds = sinceStart();
  const cpu = process.cpuUsage();
  const log = `${config.read(LOG_FOLDER)}/eve.json`;
  const run = await runStages(config.tree as Record<string, unknown>, shared, protocols, kinds, log);
  const cpuSeconds = cpuSince(cpu);
  // The stage clocks also run while other processes have the processor: they only give the shares of the CPU time.
  const shown = Object.values(run.stages).reduce((sum, ms) => sum + ms, 0) / 1000;
  const perPacket = (ms: number) => (ms * 1000 * Math.min(1, cpuSeconds / shown)) / run.packets;
  return {
    ...run,
    startSeconds,
    cpuSeconds,
    threadSeconds: cpuSeconds,
    peakBytes: peakMemory(),
    stages: Object.fromEntries(Object.entries(run.stages).map(([name, ms]) => [name, perPacket(ms)])),
  };
}

/** The baseline: the time of one scan of all payloads with one database of the rules' patterns. */
async function bare(config: Config, files: readonly string[]): Promise<Measured> {
  const { signatures } = loadRules({
    config,
    protocols: await loadProtocols(),
    exclusive: files,
    additional: [],
    strict: [],
    checkExpression: expressionCheck(),
  });
  const scan = prepareBareScan(job.capture, signatures);
  const startSeconds = sinceStart();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const { packets, bytes, matches } = scan();
  return {
    packets,
    bytes,
    alerts: matches,
    startSeconds,
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: cpuSince(cpu),
    threadSeconds: cpuSince(cpu),
    peakBytes: peakMemory(),
  };
}

/** `performance` counts from the start of the process. */
function sinceStart(): number {
  return performance.now() / 1000;
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** The kernel's high-water mark. */
function peakMemory(): number {
  const kilobytes = /VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}
