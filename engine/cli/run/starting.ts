/** Starts the threads of a run: selects the profile, outputs and shared objects. */
import { availableParallelism } from 'node:os';
import { canBeMerged } from '../../../modules/pcap/merged-reading.js';
import { SEPARATE } from '../../../modules/pcap/options.js';
import { DETECTION_STATE } from '../../../signatures/state/detection-state.js';
import { EXPECTATIONS } from '../../application/expectations.js';
import type { Config } from '../../config/config.js';
import { DETECTIONS } from '../../detection/prepared.js';
import type { Engine } from '../../engine.js';
import { APP_PROTOCOL_NAMES, DEVICE_NAMES, SOURCE_NAMES } from '../../event.js';
import { midstreamPolicyOf } from '../../exception-policy.js';
import type { EngineLog } from '../../log.js';
import { settingsOf as logFileSettings } from '../../log-file/settings.js';
import { LogFile } from '../../log-file.js';
import { loadProfile } from '../../manager/load-profile.js';
import { startEngine } from '../../manager/start.js';
import type { OpenedDevices } from '../../module.js';
import { fixedSeed, SOURCE_THREADS } from '../options.js';
import { chooseProfile, type RunConditions, usefulThreads } from './choose-profile.js';
import type { Restarts } from './devices.js';
import type { Inputs } from './inputs.js';
import {
  configuredOutputs,
  logMissingOutputs,
  moduleLogSink,
  statisticsLogs,
  wantedEvents,
} from './outputs.js';
import type { Preparation } from './preparation.js';
import type { Continuation } from './restarting.js';

/** Packet sources. */
export interface Sources {
  readonly inputs: Inputs;
  readonly devices: OpenedDevices;
  readonly restarts: Restarts;
}

type Shared = Readonly<Record<string, unknown>>;

export async function start(
  preparation: Preparation,
  { inputs, devices, restarts }: Sources,
  shared: Shared,
  continuation: Continuation,
  log: EngineLog,
): Promise<Engine> {
  const { config, from } = preparation;
  const conditions = runConditions(config, inputs);
  const { cores, together } = conditions;
  const profile = chooseProfile(config, conditions);
  const outputs = await configuredOutputs(config);
  const loaded = await loadProfile(profile, inputs.module, outputs, from);
  const seed = fixedSeed(config);
  log.info(`threads: profile ${profile.name}`);
  await logMissingOutputs(config, log);
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
      profile.name === 'workers'
        ? (devices.threads ?? (together ? cores : Math.min(cores, inputs.names.length)))
        : cores,
    ...(seed !== undefined && { seed }),
    log,
    openLog: path => {
      const report = (message: string) => log.error(`output: ${message}`);
      return (
        devices.openLog?.(path) ??
        moduleLogSink(loaded.modules.values(), path, config, report) ??
        new LogFile(path, logFileSettings(config, path), undefined, report)
      );
    },
  });
}

function runConditions(config: Config, inputs: Inputs): RunConditions {
  const { live, names, captures } = inputs;
  const separate = config.read(SEPARATE);
  const processors = availableParallelism();
  return {
    live,
    // Flows that continue in the next capture must stay in one thread.
    inputs: live || separate ? names.length : 1,
    together: captures !== undefined && canBeMerged(config, captures),
    cores: config.read(SOURCE_THREADS) || (separate ? processors : usefulThreads(processors, inputs)),
  };
}

export function sharedObjects(
  { protocols, detections, detectionState, expectations }: Preparation,
  { inputs, devices }: Sources,
  rules: unknown,
): Shared {
  return {
    ...devices.shared,
    [APP_PROTOCOL_NAMES]: ['unknown', ...protocols.map(protocol => protocol.name)],
    [SOURCE_NAMES]: inputs.names,
    ...(inputs.live && { [DEVICE_NAMES]: inputs.module === 'af-packet' ? inputs.names : [] }),
    [DETECTIONS]: detections,
    [DETECTION_STATE]: detectionState,
    [EXPECTATIONS]: expectations,
    ...(rules !== undefined && { rules }),
  };
}

/**
 * `-T`: checks that the profile can run, with everything its threads would refuse.
 * @throws Error with what is not possible
 */
export async function checkThreads({ config, from }: Preparation): Promise<void> {
  midstreamPolicyOf(config);
  const profile = chooseProfile(config, {
    live: false,
    inputs: 1,
    together: true,
    cores: availableParallelism(),
  });
  await loadProfile(profile, 'pcap', await configuredOutputs(config), from);
}
