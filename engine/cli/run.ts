/** A run: from the command line to the exit code. */

import { masterSwitch } from '../exception-policy.js';
import { consoleLog, type EngineLog, openLog } from '../log.js';
import type { CommandLine } from './command-line/parse.js';
import { messageOf } from './error-message.js';
import { GROUP, LOG_FOLDER, PID_FILE, RESTARTS, USER } from './options.js';
import { openDevices, Restarts } from './run/devices.js';
import { changeCacheOwner, changeLogFolderOwner, changeOwners } from './run/file-ownership.js';
import { checkInputs, inputsOf } from './run/inputs.js';
import { checkLogFolder } from './run/log-folder.js';
import { operate, type Presentation } from './run/operation.js';
import { logOutcome } from './run/outcome.js';
import { removePidFile, writePidFile } from './run/pid-file.js';
import { type Preparation, prepare } from './run/preparation.js';
import { becomeUser, type Identity, identityOf } from './run/privileges.js';
import { type Running, startRestarting } from './run/restarting.js';
import { EarlySignals } from './run/signals.js';
import { checkThreads, type Sources, sharedObjects, start } from './run/starting.js';
import { summary } from './run/summary.js';
import { addSettings, readSettings, type Settings } from './settings.js';
import { versionLine } from './version.js';

/** @returns the exit code: 0, or 1 if it could not run or part of the input could not be read */
export async function run(commandLine: CommandLine, presentation: Presentation): Promise<number> {
  const early = new EarlySignals();
  let log: EngineLog = consoleLog(commandLine.verbosity, undefined, commandLine.quiet);
  try {
    if (!commandLine.test) checkInputs(commandLine);
    const settings = readSettings({
      config: commandLine.config,
      includes: commandLine.includes,
      sets: commandLine.sets,
    });
    const { config } = settings;
    const identity = identityOf(config.read(USER), config.read(GROUP));
    if (identity) changeLogFolderOwner(config, identity);
    log = openLog({
      config,
      folder: config.read(LOG_FOLDER),
      verbosity: commandLine.verbosity,
      quiet: commandLine.quiet,
    });
    log.notice(`sluice: This is ${versionLine()} running in ${commandLine.test ? 'TEST' : 'USER'} mode`);
    log.info(`config: read from ${settings.file}`);
    log.info(`exception-policy: master exception-policy set to: ${settings.config.read(masterSwitch)}`);
    return await runWith(commandLine, settings, identity, early, log, presentation);
  } catch (error) {
    log.error(messageOf(error));
    return 1;
  } finally {
    early.removeHandlers();
    log.close();
  }
}

async function runWith(
  commandLine: CommandLine,
  settings: Settings,
  identity: Identity | undefined,
  early: EarlySignals,
  log: EngineLog,
  presentation: Presentation,
): Promise<number> {
  const { config } = settings;
  const inputs = commandLine.test ? undefined : inputsOf(commandLine, config);
  if (inputs) {
    addSettings(config, inputs.settings);
    checkLogFolder(config.read(LOG_FOLDER));
  }
  if (identity) changeCacheOwner(config, identity);
  const preparation = await prepare(commandLine, settings, log);
  if (!inputs) {
    await checkThreads(preparation);
    log.notice('sluice: Configuration provided was successfully loaded. Exiting.');
    return 0;
  }
  const restarts = new Restarts(inputs.live ? config.read(RESTARTS) : 0);
  const devices = await openDevices(inputs, config, preparation.from, log);
  try {
    const shown = { ...presentation, summary: presentation.summary && !commandLine.quiet };
    return await runThreads(preparation, { inputs, devices, restarts }, identity, shown, early, log);
  } finally {
    devices.close();
    removePidFile(config.read(PID_FILE), log.warning);
  }
}

async function runThreads(
  preparation: Preparation,
  sources: Sources,
  identity: Identity | undefined,
  presentation: Presentation,
  early: EarlySignals,
  log: EngineLog,
): Promise<number> {
  const { config } = preparation;
  const engine = await startAsUser(preparation, sources, identity, log);
  const started = performance.now();
  const end = await stopOnError(engine, () =>
    operate(engine, preparation, sources, presentation, early, log),
  );
  const result = await engine.finished.finally(end);
  const counters = engine.counters();
  const seconds = (performance.now() - started) / 1000;
  const code = logOutcome(result, counters, seconds, log);
  if (presentation.summary)
    process.stdout.write(summary({ seconds, counters, logFolder: config.read(LOG_FOLDER) }));
  for (const line of sources.devices.summary?.() ?? []) log.notice(line);
  return code;
}

/** Starts the threads, and switches to the configured user as soon as nothing needs more privileges. */
async function startAsUser(
  preparation: Preparation,
  sources: Sources,
  identity: Identity | undefined,
  log: EngineLog,
): Promise<Running> {
  const { config } = preparation;
  const { inputs, devices, restarts } = sources;
  const user = () => {
    if (!identity) return;
    changeOwners(config, inputs.live, log, identity);
    becomeUser(identity, inputs.live);
  };
  writePidFile(config.read(PID_FILE));
  // Devices are open: with live traffic no thread needs more than a sensor's capabilities.
  if (inputs.live) {
    user();
    checkLogFolder(config.read(LOG_FOLDER));
  }
  const engine = await startRestarting(
    (shared, continuation) => start(preparation, sources, shared, continuation, log),
    sharedObjects(preparation, sources, preparation.rules),
    devices,
    restarts,
    log,
  );
  if (inputs.live) log.notice('threads: all threads are running');
  else await stopOnError(engine, async () => user());
  return engine;
}

/** If what accompanies the threads cannot be started, the threads would run on, maybe for ever: they are stopped. */
async function stopOnError<T>(engine: Running, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    engine.abort();
    await engine.finished;
    throw error;
  }
}
