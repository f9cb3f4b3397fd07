/** Prepares and checks everything a run needs before its threads start; `-T` ends after it. */
import type { NamedState } from '../../../signatures/compile/named-state.js';
import type { RuleSetImage } from '../../../signatures/compile.js';
import { expressionCheck } from '../../../signatures/expression-check.js';
import { firewallRuleFiles, ruleFiles } from '../../../signatures/rule-files.js';
import type { LoadOptions } from '../../../signatures/rule-loader.js';
import type { RuleProblem } from '../../../signatures/rule-set.js';
import { allocateDetectionState, type DetectionState } from '../../../signatures/state/detection-state.js';
import { allocateExpectations } from '../../application/expectations.js';
import type { Config } from '../../config/config.js';
import { findPlugin } from '../../detection/find.js';
import type { Detections } from '../../detection/prepared.js';
import { engineMode } from '../../exception-policy.js';
import { FIREWALL } from '../../firewall.js';
import { expiryPlugin, FLOW_EXPIRY_POLICY, loadFlowExpiry } from '../../flow/flow-expiry.js';
import type { EngineLog } from '../../log.js';
import { BATCH } from '../../manager/options.js';
import type { Protocol } from '../../protocol.js';
import type { Statistics } from '../../stats-record.js';
import { loadOwnModules } from '../../thread/load-module.js';
import type { CommandLine } from '../command-line/parse.js';
import { declaredOptions } from '../declared-options.js';
import { fixedSeed, INIT_ERRORS_FATAL } from '../options.js';
import { BackgroundCompiler } from '../rules/background-compiler.js';
import { loadOptionsOf } from '../rules/load-options.js';
import { prepareRules, releaseReplaced } from '../rules/prepare-rules.js';
import { ruleStatistics } from '../rules/rule-statistics.js';
import { addSettings, folderOf, logFindings, type Settings } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { configuredProtocols, pluginOptions } from './plugins.js';
import { DetectionLoader } from './prepare-detections.js';

export interface Preparation {
  /** Detection state shared by flows and threads, and kept over reloads. */
  readonly detectionState: DetectionState;
  /** Expected connections announced by protocols, shared by threads and kept over reloads. */
  readonly expectations: SharedArrayBuffer;
  readonly config: Config;
  readonly protocols: readonly Protocol[];
  /** Compiled signatures; undefined when detection is disabled. */
  readonly rules: unknown;
  /** Detections written as code; none when detection is disabled. */
  readonly detections: Detections;
  /** Folder that paths in the configuration are relative to. */
  readonly from: string;
  /** Files of rules, and of detections including their imports. */
  files(): string[];
  /** Reloads the rules and `detections`. @throws UsageError when they are invalid and that is fatal */
  reloadRules(): unknown;
  /** Compiles large rule sets in a separate process, so that reloading them is fast. */
  readonly backgroundCompiler: BackgroundCompiler | undefined;
  /** Frees what the previous rules used, once all threads have the new ones. */
  releaseReplaced(): void;
  /** Datasets and bits named by the active rules. */
  namedState(): NamedState;
  failedRules(): readonly RuleProblem[];
  /** Rule counts of the last load. */
  statistics(): NonNullable<Statistics['more']>;
}

/**
 * Checks the configuration and loads the rules.
 * @throws UsageError on a fatal problem
 */
export async function prepare(
  commandLine: CommandLine,
  settings: Settings,
  log: EngineLog,
): Promise<Preparation> {
  const { config } = settings;
  for (const problem of (await loadOwnModules()).problems) log.warning(`modules: not loaded: ${problem}`);
  const fatal = commandLine.test || config.read(INIT_ERRORS_FATAL);
  const protocols = await configuredProtocols(settings);
  const wrong = logFindings(settings, await declaredOptions(protocols, await pluginOptions(settings)), log);
  if (wrong > 0 && commandLine.test) throw new UsageError(`the configuration has ${wrong} invalid values`);
  if (config.read(FIREWALL)) enableFirewall(config, commandLine);
  const from = folderOf(settings);
  await resolveFlowExpiry(config, from);
  const options = { ...loadOptionsOf(config, commandLine, protocols), checkExpression: expressionCheck() };
  const rules = new ActiveRules(options, protocols, fatal, log);
  const loader = new DetectionLoader(from);
  const loadRules = (): unknown => (commandLine.detection ? rules.load() : undefined);
  const loadDetections = (): Detections =>
    commandLine.detection ? readDetections(loader, options, fatal, log) : { list: [], signatures: [] };
  let detections = loadDetections();
  return {
    detectionState: allocateDetectionState(config, fixedSeed(config)),
    expectations: allocateExpectations(),
    config,
    protocols,
    rules: loadRules(),
    get detections() {
      return detections;
    },
    from,
    statistics: () => rules.statistics,
    namedState: () => rules.namedState,
    failedRules: () => rules.failed,
    files: () => [
      ...[...firewallRuleFiles(config, options), ...ruleFiles(config, options)].flatMap(({ files }) => files),
      ...loader.files,
    ],
    releaseReplaced: () => rules.releaseReplaced(),
    backgroundCompiler: commandLine.detection ? new BackgroundCompiler(options, log) : undefined,
    reloadRules() {
      // Rules come last: the log and later freeing refer to the active rules.
      const loaded = loadDetections();
      const image = loadRules();
      detections = loaded;
      return image;
    },
  };
}

/** The compiled rules, and the previous ones until no thread uses them any more. */
class ActiveRules {
  statistics: NonNullable<Statistics['more']> = {};
  /** Rules refused by the last load. */
  failed: readonly RuleProblem[] = [];
  private image: unknown;
  private replaced: unknown;

  constructor(
    private readonly options: LoadOptions,
    private readonly protocols: readonly Protocol[],
    private readonly fatal: boolean,
    private readonly log: EngineLog,
  ) {}

  /** @throws UsageError when they are invalid and that is fatal */
  load(): unknown {
    const { outcome, image } = prepareRules(this.options, this.protocols, this.fatal, this.log, this.image);
    this.replaced = this.image;
    this.image = image;
    this.failed = outcome.errors.filter(({ rule }) => rule !== undefined);
    this.statistics = { 'detect.engines': [ruleStatistics(outcome, Date.now())] };
    return image;
  }

  get namedState(): NamedState {
    return (this.image as RuleSetImage | undefined)?.namedState ?? { datasets: [], hostbits: [] };
  }

  releaseReplaced(): void {
    releaseReplaced(this.options.config, this.replaced, this.image);
    this.replaced = undefined;
  }
}

/**
 * A firewall must be able to drop. Packets that it drops in a capture were not dropped on the wire: they
 * are processed one by one, so that nothing after a drop is parsed.
 */
function enableFirewall(config: Config, commandLine: CommandLine): void {
  addSettings(config, { [engineMode.path]: 'ips' });
  if (commandLine.captures.length > 0) addSettings(config, { [BATCH.path]: 1 });
}

/** Threads get the absolute path of the flow expiry policy; it is loaded here so that errors are reported once. */
async function resolveFlowExpiry(config: Config, from: string): Promise<void> {
  const name = expiryPlugin(config);
  if (name === undefined) return;
  const path = findPlugin(name, from, 'flow-expiry policy');
  await loadFlowExpiry(path);
  addSettings(config, { [FLOW_EXPIRY_POLICY.path]: path });
}

/** @throws UsageError when one is invalid and that is fatal */
function readDetections(
  loader: DetectionLoader,
  options: LoadOptions,
  fatal: boolean,
  log: EngineLog,
): Detections {
  const { detections, problems } = loader.load(options);
  for (const { message } of problems) log.error(`detections: ${message}`);
  if (problems.length > 0 && fatal) throw new UsageError('Loading detections failed.');
  if (detections.list.length > 0)
    log.info(`detections: ${detections.list.map(({ name }) => name).join(', ')}`);
  return detections;
}
