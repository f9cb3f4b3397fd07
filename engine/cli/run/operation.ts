/** Operation of a run: progress, signals, control socket, reloads. */
import { flowRows } from '../../flow/flow-record.js';
import type { EngineLog } from '../../log.js';
import { notifyParent } from './background.js';
import { FileChanges } from './file-changes.js';
import type { Preparation } from './preparation.js';
import { showProgress } from './progress.js';
import { Reloads } from './reloads.js';
import type { Running } from './restarting.js';
import { openControl } from './run-control.js';
import { notifyServiceManager } from './service.js';
import { type EarlySignals, onSignals } from './signals.js';
import type { Sources } from './starting.js';

/** What a run displays besides the log. */
export interface Presentation {
  /** A progress line on a terminal, and a summary table at the end. */
  readonly summary: boolean;
  /** Rules and detections are reloaded when one of their files changes. */
  readonly watch?: boolean;
}

/**
 * Starts handling signals, the control socket and changed files, and shows progress.
 * @param early signals received so far
 * @returns stops all of it
 */
export async function operate(
  engine: Running,
  preparation: Preparation,
  sources: Sources,
  presentation: Presentation,
  early: EarlySignals,
  log: EngineLog,
): Promise<() => Promise<void>> {
  const reloads = new Reloads(engine, preparation, sources, log);
  const stopWatching = presentation.watch ? watchRules(preparation, reloads, log) : () => {};
  const notifyStopping = notifyServiceManager();
  const stopProgress = startProgress(engine, sources, presentation);
  const actions = {
    stop: () => engine.stop(),
    reload: () => reloads.request(),
    rotate: () => {
      log.reopen();
      engine.rotateLogs();
    },
  };
  const onSignal = { ...actions, abort: () => engine.abort(), reload: () => void reloads.request() };
  const removeHandlers = onSignals(onSignal);
  early.runDeferred(onSignal);
  const queries = {
    counters: () => engine.counters(),
    statistics: () => ({ ...sources.devices.statistics?.(), ...preparation.statistics() }),
    mode: engine.plan.profile.name,
    flows: () => flowRows(engine.plan.flows),
  };
  const closeControl = await openControl(preparation, sources.inputs, { ...actions, ...queries }, log);
  notifyParent();
  return async () => {
    stopWatching();
    closeControl();
    notifyStopping();
    await reloads.end();
    removeHandlers();
    stopProgress();
  };
}

/** Files added by the new rules and detections are watched from now on. */
function watchRules(preparation: Preparation, reloads: Reloads, log: EngineLog): () => void {
  const watchAll = () => changes.add(preparation.files());
  const failed = ({ message }: Error) => log.warning(`detect: file changes cannot be detected: ${message}`);
  const changes = new FileChanges(() => void reloads.request().then(watchAll).catch(failed));
  watchAll();
  return () => changes.close();
}

function startProgress(engine: Running, { inputs }: Sources, { summary }: Presentation): () => void {
  if (!summary) return () => {};
  return showProgress(() => progressOf(engine), inputs.totalBytes, process.stderr);
}

function progressOf(engine: Running): { packets: number; bytes: number; alerts: number } {
  const counters = engine.counters();
  const of = (name: string): number => counters.get(name) ?? 0;
  return { packets: of('decoder.pkts'), bytes: of('pcap_file.bytes'), alerts: of('detect.alert') };
}
