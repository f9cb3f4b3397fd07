/** Commands on the control socket of a run. */

import { dataFolder } from '../../../signatures/state/data-folder.js';
import type { Config } from '../../config/config.js';
import { ControlSocket, type Handlers } from '../../control/control-socket.js';
import { commonCommands, controlSettings } from '../../control/settings.js';
import type { FlowRows } from '../../flow/flow-record.js';
import type { Log } from '../../module.js';
import { type StatsTree, statsTree } from '../../stats-record.js';
import { datasetCommands } from '../control/datasets.js';
import { deviceCommands } from '../control/devices.js';
import { flowCommands } from '../control/flows.js';
import { hostbitCommands } from '../control/hostbits.js';
import { memcapCommands } from '../control/memcaps.js';
import { declaredOptions } from '../declared-options.js';
import { versionLine } from '../version.js';
import type { Inputs } from './inputs.js';
import type { Preparation } from './preparation.js';

/** Actions of the commands. */
export interface RunActions {
  counters(): Iterable<readonly [string, number]>;
  /** Values in the statistics that are not counters. */
  statistics(): Readonly<Record<string, number | string | readonly StatsTree[]>>;
  stop(): void;
  rotate(): void;
  /** Resolves when the requested rules are active, or with why they were refused. */
  reload(): Promise<string | undefined>;
  /** Name of the profile. */
  readonly mode: string;
  /** Rows of all flows. */
  flows(): FlowRows | undefined;
}

const CAPTURES = { pcap: 'PCAP_FILE', nfqueue: 'NFQ', 'af-packet': 'AF_PACKET_DEV' } as const;

/** Opens the socket if the configuration enables it. @returns closes it */
export async function openControl(
  preparation: Preparation,
  inputs: Inputs,
  actions: RunActions,
  log: Log,
): Promise<() => void> {
  const { config } = preparation;
  const settings = controlSettings(config, inputs.live);
  if (!settings) return () => {};
  try {
    const datasets = datasetCommands(
      preparation.detectionState,
      dataFolder(config),
      () => preparation.namedState().datasets,
      message => log.error(`datasets: ${message}`),
    );
    const socket = await ControlSocket.open(settings.path, settings.permissions, {
      ...commandsOf(config, inputs, actions),
      ...datasets.handlers,
      ...(await stateCommands(preparation, inputs, actions)),
    });
    log.info(`unix-manager: accepting commands on ${settings.path}`);
    return () => {
      socket.close();
      datasets.close();
    };
  } catch (error) {
    log.error(`unix-manager: ${settings.path}: ${(error as Error).message}`);
    return () => {};
  }
}

/** Commands about the state of a run. */
async function stateCommands(
  preparation: Preparation,
  inputs: Inputs,
  actions: RunActions,
): Promise<Handlers> {
  const { config, detectionState } = preparation;
  return {
    ...hostbitCommands(detectionState.bits, () => preparation.namedState().hostbits),
    ...memcapCommands(config, (await declaredOptions()).all),
    ...deviceCommands(inputs, () => actions.statistics()),
    ...flowCommands(() => actions.flows()),
    'ruleset-failed-rules': () => [
      {
        id: 0,
        rules: preparation.failedRules().map(({ message, position, rule }) => ({
          rule,
          filename: position.file,
          line: position.line,
          error: message,
        })),
      },
    ],
  };
}

function commandsOf(config: Config, inputs: Inputs, actions: RunActions): Handlers {
  const started = Date.now();
  const reload = async (): Promise<string> => {
    const refused = await actions.reload();
    if (refused !== undefined) throw new Error(refused);
    return 'done';
  };
  const engines = () =>
    (actions.statistics()['detect.engines'] ?? []) as readonly Record<string, StatsTree>[];
  return {
    ...commonCommands(config, versionLine(), actions.mode, CAPTURES[inputs.module]),
    shutdown: () => {
      // The reply is sent first.
      setImmediate(() => actions.stop());
      return 'Closing Suricata';
    },
    'dump-counters': () => {
      const uptimeSeconds = Math.floor((Date.now() - started) / 1000);
      return statsTree({ uptimeSeconds, counters: actions.counters(), more: actions.statistics() });
    },
    'reload-rules': reload,
    'ruleset-reload-rules': reload,
    // Rules and settings of tenants are loaded with all others.
    'reload-tenants': reload,
    'ruleset-reload-nonblocking': () => {
      // The log reports its outcome.
      reload().catch(() => {});
      return 'done';
    },
    'ruleset-reload-time': () => engines().map(({ id, last_reload }) => ({ id, last_reload })),
    'ruleset-stats': engines,
    'reopen-log-files': () => {
      actions.rotate();
      return 'done';
    },
  };
}
