/** A run: from the command line to the exit code. */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { SEPARATE } from '../../modules/pcap/options.js';
import { DETECTION_STATE } from '../../signatures/state/detection-state.js';
import { allocateExpectations, EXPECTATIONS } from '../application/expectations.js';
import { ConfigError } from '../config/config-error.js';
import { DETECTIONS } from '../detection/prepared.js';
import { type Engine, startEngine } from '../engine.js';
import { APP_PROTOCOL_NAMES, SOURCE_NAMES } from '../event.js';
import { masterSwitch } from '../exception-policy.js';
import { consoleLog, type EngineLog, openLog } from '../log.js';
import { settingsOf as logFileSettings } from '../log-file/settings.js';
import { LogFile } from '../log-file.js';
import { loadProfile } from '../manager/load-profile.js';
import type { OpenedDevices } from '../module.js';
import { ProfileError } from '../profile/profile.js';
import { chooseProfile } from './choose-profile.js';
import { openDevices, Restarts } from './devices.js';
import { onChange } from './file-changes.js';
import { checkInputs, type Inputs, inputsOf } from './inputs.js';
import { GROUP, LOG_FOLDER, NO_RANDOM, PID_FILE, RESTARTS, SOURCE_THREADS, USER } from './options.js';
import {
  configuredOutputs,
  logOfModule,
  statisticsLogs,
  tellMissingOutputs,
  wantedEvents,
} from './outputs.js';
import type { Given } from './parse.js';
import { addSettings, type Preparation, prepare } from './preparation.js';
import { becomeUser } from './privileges.js';
import { showProgress } from './progress.js';
import { type Continuation, type Running, startRestarting } from './restarting.js';
import { openControl } from './run-control.js';
import { serviceRuns } from './service.js';
import { readSettings, type Settings } from './settings.js';
import { onSignals } from './signals.js';
import { summary } from './summary.js';
import { UsageError } from './usage-error.js';
import { versionLine } from './version.js';

/** What the run shows besides the log. */
export interface Presentation {
  /** A progress line on a terminal, and a table at the end. */
  readonly summary: boolean;
  /** Rules and detections are reloaded when one of their files changes. */
  readonly watch?: boolean;
}

/** @returns the exit code: 0, or 1 when it could not run or something of the input could not be read */
export async function run(given: Given, presentation: Presentation): Promise<number> {
  let log: EngineLog = consoleLog(given.verbosity, undefined, given.quiet);
  try {
    if (!given.test) checkInputs(given);
    const settings = readSettings({ config: given.config, includes: given.includes, sets: given.sets });
    const { config } = settings;
    log = openLog({
      config,
      folder: config.read(LOG_FOLDER),
      verbosity: given.verbosity,
      quiet: given.quiet,
    });
    log.notice(`sluice: This is ${versionLine()} running in ${given.test ? 'TEST' : 'USER'} mode`);
    log.info(`config: read from ${settings.file}`);
    log.info(`exception-policy: master exception-policy set to: ${settings.config.read(masterSwitch)}`);
    return await runWith(given, settings, log, presentation);
  } catch (error) {
    log.error(messageOf(error));
    return 1;
  } finally {
    log.close();
  }
}

async function runWith(
  given: Given,
  settings: Settings,
  log: EngineLog,
  presentation: Presentation,
): Promise<number> {
  const { config } = settings;
  const inputs = given.test ? undefined : inputsOf(given, config);
  if (inputs) addSettings(config, inputs.settings);
  const preparation = await prepare(given, settings, log);
  if (!inputs) {
    await checkThreads(preparation);
    log.notice('sluice: Configuration provided was successfully loaded. Exiting.');
    return 0;
  }
  const restarts = new Restarts(inputs.live ? config.read(RESTARTS) : 0);
  const devices = await openDevices(inputs, config, preparation.from, log);
  try {
    return await runThreads(given, preparation, { inputs, devices, restarts }, log, presentation);
  } finally {
    devices.close();
  }
}

async function runThreads(
  given: Given,
  preparation: Preparation,
  sources: Sources,
  log: EngineLog,
  presentation: Presentation,
): Promise<number> {
  const { config } = preparation;
  const { inputs, devices, restarts } = sources;
  const user = () => becomeUser(config.read(USER), config.read(GROUP), inputs.live);
  if (config.read(PID_FILE) !== '') writeFileSync(config.read(PID_FILE), `${process.pid}\n`);
  // Devices are open: with live traffic no thread needs more than the capabilities of a sensor.
  if (inputs.live) user();
  const engine = await startRestarting(
    (shared, continuation) => start(preparation, sources, shared, continuation, log),
    sharedObjects(preparation, sources, preparation.rules),
    devices,
    restarts,
    log,
  );
  const started = performance.now();
  if (inputs.live) log.notice('threads: all threads run');
  else user();
  const serviceEnds = serviceRuns();
  const hide =
    presentation.summary && !given.quiet
      ? showProgress(() => progressOf(engine), inputs.totalBytes, process.stderr)
      : () => {};
  const reloads = new Reloads(engine, preparation, sources, log);
  const rotate = () => {
    log.reopen();
    engine.rotateLogs();
  };
  const forget = onSignals({
    stop: () => engine.stop(),
    abort: () => engine.abort(),
    rotate,
    reload: () => void reloads.ask(),
  });
  const closeControl = await openControl(
    config,
    inputs,
    {
      counters: () => engine.counters(),
      statistics: () => preparation.statistics(),
      stop: () => engine.stop(),
      rotate,
      reload: () => reloads.ask(),
    },
    log,
  );
  const unwatch = presentation.watch ? onChange(preparation.files(), () => void reloads.ask()) : () => {};
  const result = await engine.finished;
  unwatch();
  closeControl();
  serviceEnds();
  await reloads.end();
  forget();
  hide();
  const counters = engine.counters();
  if (result.failure !== undefined) log.error(`threads: ${result.failure}`);
  if (result.violations > 0)
    log.error(`threads: ${result.violations} packets were handled by a thread that did not own them`);
  const seconds = (performance.now() - started) / 1000;
  log.notice(
    `threads: ${counters.get('decoder.pkts') ?? 0} packets, ${counters.get('decoder.bytes') ?? 0} bytes in ${seconds.toFixed(3)} s`,
  );
  if (presentation.summary && !given.quiet)
    process.stdout.write(summary({ seconds, counters, logFolder: config.read(LOG_FOLDER) }));
  for (const line of devices.summary?.() ?? []) log.notice(line);
  const damaged = (counters.get('pcap_file.errors') ?? 0) > 0;
  return result.failure !== undefined || result.violations > 0 || damaged ? 1 : 0;
}

/** `-T`: the profile must be one that can run. */
async function checkThreads({ config, from }: Preparation): Promise<void> {
  const profile = chooseProfile(config, { live: false, inputs: 1, cores: availableParallelism() });
  await loadProfile(profile, 'pcap', await configuredOutputs(config), from);
}

/** Where packets come from. */
interface Sources {
  readonly inputs: Inputs;
  readonly devices: OpenedDevices;
  readonly restarts: Restarts;
}

type Shared = Readonly<Record<string, unknown>>;

async function start(
  preparation: Preparation,
  { inputs, devices, restarts }: Sources,
  shared: Shared,
  continuation: Continuation,
  log: EngineLog,
): Promise<Engine> {
  const { config, from } = preparation;
  const cores = config.read(SOURCE_THREADS) || availableParallelism();
  const profile = chooseProfile(config, {
    live: inputs.live,
    // Flows that go on from one capture to the next must stay in one thread.
    inputs: inputs.live || config.read(SEPARATE) ? inputs.names.length : 1,
    cores,
  });
  const outputs = await configuredOutputs(config);
  const loaded = await loadProfile(profile, inputs.module, outputs, from);
  log.info(`threads: profile ${profile.name}`);
  await tellMissingOutputs(config, log);
  return startEngine({
    config,
    profile,
    input: inputs.module,
    outputs,
    shared,
    wantedEvents: wantedEvents(loaded.modules.values(), config),
    statistics: statisticsLogs(loaded.modules.values(), config),
    live: inputs.live,
    from,
    ...continuation,
    moreStatistics: () => ({
      ...(inputs.live && { 'capture.thread_restarts': restarts.count }),
      ...devices.statistics?.(),
      ...preparation.statistics(),
    }),
    autoThreads:
      profile.name === 'workers' ? (devices.threads ?? Math.min(cores, inputs.names.length)) : cores,
    ...(config.read(NO_RANDOM) && { seed: 1 }),
    log,
    openLog: path => {
      const told = (message: string) => log.error(`output: ${message}`);
      return (
        devices.openLog?.(path) ??
        logOfModule(loaded.modules.values(), path, config, told) ??
        new LogFile(path, logFileSettings(config, path), undefined, told)
      );
    },
  });
}

function sharedObjects(
  { protocols, detections, detectionState }: Preparation,
  { inputs, devices }: Sources,
  rules: unknown,
): Shared {
  return {
    ...devices.shared,
    [APP_PROTOCOL_NAMES]: ['unknown', ...protocols.map(protocol => protocol.name)],
    [SOURCE_NAMES]: inputs.names,
    [DETECTIONS]: detections,
    [DETECTION_STATE]: detectionState,
    [EXPECTATIONS]: allocateExpectations(),
    ...(rules !== undefined && { rules }),
  };
}

/** Reloads rules when asked, one after the other; new rules that are wrong leave those in force as they are. */
class Reloads {
  private running: Promise<void> | undefined;
  private wanted = false;
  private ended = false;

  constructor(
    private readonly engine: Running,
    private readonly preparation: Preparation,
    private readonly sources: Sources,
    private readonly log: EngineLog,
  ) {}

  /** Asked for while one runs, another follows it: the files may have changed since. */
  ask(): Promise<void> {
    this.wanted = true;
    this.running ??= this.run();
    return this.running;
  }

  /** No reload begins any more; resolves when none runs. */
  async end(): Promise<void> {
    this.ended = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.wanted && !this.ended) {
      this.wanted = false;
      await this.reload();
    }
    this.running = undefined;
  }

  private async reload(): Promise<void> {
    const { engine, preparation, sources, log } = this;
    try {
      log.notice('detect: rule reload starting');
      await engine.reload(sharedObjects(preparation, sources, preparation.reloadRules()));
      preparation.releaseReplaced();
      log.notice('detect: rule reload complete');
    } catch (error) {
      log.error(`detect: rule reload failed, the rules before stay in force: ${messageOf(error)}`);
    }
  }
}

function progressOf(engine: Running): { packets: number; bytes: number; alerts: number } {
  const counters = engine.counters();
  const of = (name: string): number => counters.get(name) ?? 0;
  return { packets: of('decoder.pkts'), bytes: of('pcap_file.bytes'), alerts: of('detect.alert') };
}

/** Mistakes of the user are told in a line; anything else is a mistake of the program and has its stack. */
export function messageOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof ProfileError)
    return error.message;
  const { stack, message } = error as Error;
  return process.env.SLUICE_DEBUG ? (stack ?? message) : message;
}
