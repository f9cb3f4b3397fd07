/** Loads rules and runs them on a capture in the calling thread, with an observer. */
import app from '../../../modules/app.js';
import decode from '../../../modules/decode.js';
import { openDetection } from '../../../modules/detect/open-detection.js';
import type { DetectionWatch } from '../../../modules/detect/thread-context.js';
import flow from '../../../modules/flow.js';
import pcap from '../../../modules/pcap.js';
import stream from '../../../modules/stream.js';
import type { RuleSetImage } from '../../../signatures/compile/image.js';
import { type CompileOptions, compileOptionsFrom, compileRules } from '../../../signatures/compile.js';
import { loadRules } from '../../../signatures/load-rules.js';
import type { RuleSet } from '../../../signatures/rule-set.js';
import type { Signature } from '../../../signatures/signature.js';
import type { Batch } from '../../batch.js';
import type { Config } from '../../config/config.js';
import { EVENT_ALERT } from '../../event.js';
import { openMatcher } from '../../matcher/open.js';
import { allocateMemory, openMemory } from '../../memory.js';
import { defineModule, type Thread, type ThreadModule } from '../../module.js';
import type { Protocol } from '../../protocol.js';
import { runModules, type SingleThread } from '../reassemble/single-thread.js';
import { checkInputs, inputsOf } from '../run/inputs.js';
import { configuredProtocols } from '../run/plugins.js';
import { addSettings, readSettings } from '../settings.js';
import { TerminalLog } from '../terminal-log.js';
import { UsageError } from '../usage-error.js';

export interface RuleOptions {
  /** Rule files instead of those of the configuration. */
  readonly rules?: readonly string[];
  readonly config?: string;
  /** `path=value` */
  readonly set?: readonly string[];
}

export interface CaptureOptions extends RuleOptions {
  /** Captures, or folders with captures. */
  readonly read: readonly string[];
  /** Packet filter. */
  readonly filter?: string;
  /** Checksum verification: all, none, or auto. */
  readonly checksums?: string;
  /** Inspect as if packets could be dropped. */
  readonly inline?: boolean;
}

/** Rules with the configuration and protocols with which they were loaded. */
export interface LoadedRules {
  readonly config: Config;
  readonly protocols: readonly Protocol[];
  readonly rules: RuleSet;
}

/** @throws UsageError when there are no rules */
export async function loadedRules(options: RuleOptions, more: readonly string[] = []): Promise<LoadedRules> {
  const settings = readSettings({ config: options.config, sets: [...more, ...(options.set ?? [])] });
  const { config } = settings;
  const protocols = await configuredProtocols(settings);
  const rules = loadRules({ config, protocols, ...(options.rules && { exclusive: options.rules }) });
  const { signatures, errors, unsupported } = rules;
  if (signatures.length + errors.length + unsupported.length === 0)
    throw new UsageError('no rules: name a rule file with --rules');
  return { config, protocols, rules };
}

/** Settings implied by the options of a capture. */
export function captureSettings({ checksums, inline }: CaptureOptions): string[] {
  return [
    ...(checksums === undefined ? [] : [`capture.checksum-validation=${checksums}`]),
    ...(inline ? ['engine-mode=ips'] : []),
  ];
}

/** @param signatures the ones to compile  @param unsearched see `CompileOptions` */
export function compiled(
  { config, protocols, rules }: LoadedRules,
  signatures: readonly Signature[] = rules.signatures,
  unsearched?: CompileOptions['unsearched'],
): RuleSetImage {
  const matcher = openMatcher(openMemory(allocateMemory(1, 64)), 'auto');
  const { referenceSystems } = rules;
  return compileRules({ signatures, referenceSystems }, matcher, {
    ...compileOptionsFrom(config, protocols),
    ...(unsearched && { unsearched }),
  });
}

/** Observes the inspection of a capture. */
export interface Observer {
  readonly watch: DetectionWatch;
  /** Called before packets are inspected. */
  before?(batch: Batch): void;
  /** Called after they were inspected; alerts are among their events. */
  after?(batch: Batch): void;
  /** Called when there are no more packets. */
  close?(): void;
}

/**
 * Inspects captures with a compiled rule set.
 * @param observe creates the observer for the thread
 * @param batchSize packets inspected together; as many as are read when absent
 * @returns false when a capture could not be read to its end
 * @throws UsageError when there is no such capture
 */
export async function inspectCapture(
  image: RuleSetImage,
  { config }: LoadedRules,
  options: CaptureOptions,
  observe: (thread: Thread) => Observer,
  batchSize?: number,
): Promise<boolean> {
  const inputs = {
    captures: options.read,
    queues: [],
    devices: [],
    afPacket: false,
    filter: options.filter ?? '',
  };
  checkInputs(inputs);
  addSettings(config, inputsOf(inputs, config).settings);
  const log = new TerminalLog();
  const detect = defineModule({
    summary: 'detection under observation',
    kind: 'stage',
    create: thread => observedDetection(thread, image, observe(thread)),
  });
  const run = {
    config,
    log,
    shared: { rules: image },
    wants: [EVENT_ALERT],
    ...(batchSize && { batchSize }),
  };
  await runModules([pcap, decode, flow, stream, app, detect], run, nothing);
  return log.errors === 0;
}

function observedDetection(thread: Thread, image: RuleSetImage, observer: Observer): ThreadModule {
  const detection = openDetection(thread, image, observer.watch);
  const process = (batch: Batch): void => {
    observer.before?.(batch);
    detection.process(batch);
    observer.after?.(batch);
  };
  return {
    process,
    end: batch => {
      if (batch.length > 0) process(batch);
    },
    close() {
      detection.close();
      observer.close?.();
    },
  };
}

const nothing = (_thread: Thread | SingleThread): ThreadModule => ({ process() {} });
