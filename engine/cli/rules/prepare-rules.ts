/** Loads and compiles the signatures of a run, and logs the outcome. */
import { fileURLToPath } from 'node:url';
import {
  type CachedRules,
  type CompileOptions,
  compileOptionsFrom,
  ImageCache,
  RuleCompiler,
  type RuleSetImage,
  type RuleSources,
  releaseUnused,
  rulesKey,
} from '../../../signatures/compile.js';
import { filesRead, loadRules, missingRuleFiles } from '../../../signatures/load-rules.js';
import type { LoadOptions } from '../../../signatures/rule-loader.js';
import {
  outcomeOf,
  type RuleOutcome,
  type RuleProblem,
  unsupportedByReason,
} from '../../../signatures/rule-set.js';
import { CLASSIFICATION_FILE, REFERENCE_FILE } from '../../../signatures/rule-settings.js';
import { readReputations, reputationFiles } from '../../../signatures/state/reputations.js';
import type { ThresholdFile } from '../../../signatures/threshold-config.js';
import { PROTOCOL_PLUGINS } from '../../application/load-protocols.js';
import { compiled } from '../../compiled.js';
import type { Config } from '../../config/config.js';
import { openMatcher } from '../../matcher/open.js';
import type { Matcher, MatcherKind } from '../../matcher.js';
import { allocateMemory, openMemory } from '../../memory.js';
import type { Log } from '../../module.js';
import { nativeProblem } from '../../native.js';
import type { Protocol } from '../../protocol.js';
import { PATTERN_MATCHER } from '../options.js';
import { releaseUnusedMemory } from '../run/unused-memory.js';
import { UsageError } from '../usage-error.js';
import { userCacheFolder } from '../user-cache.js';
import { version } from '../version.js';

/** Maximum number of reasons for unsupported rules that are logged one by one. */
const MAX_LOGGED_REASONS = 10;
/** Number of rules from which releasing the memory used for compiling is worth the time. */
const LARGE_RULE_COUNT = 2000;

/** Results of preparing the rules for a run. */
export interface PreparedRules {
  /** Which rules were loaded and which refused. */
  readonly outcome: RuleOutcome;
  /** The signatures for threads: the object `rules` of `Thread.shared`. */
  readonly image: unknown;
}

/**
 * Loads and compiles the rules, or reuses the cache when neither they nor the configuration have changed.
 * @param previous the active rule set: unchanged parts are not compiled again
 * @throws UsageError when a rule is refused and that is fatal
 */
export function prepareRules(
  options: LoadOptions,
  protocols: readonly Protocol[],
  fatal: boolean,
  log: Log,
  previous?: unknown,
): PreparedRules {
  // Compiling needs no packet memory: databases are exported to the threads that scan.
  const matcher = openMatcher(openMemory(allocateMemory(1, 64)), matcherKind(options.config));
  if (matcher.kind === 'qgram' && matcherKind(options.config) === 'auto') logSlowMatcher(log);
  const files = filesRead(options);
  const compiling: CompileOptions = {
    ...compileOptionsFrom(
      options.config,
      protocols,
      message => log.warning(`detect: ${message}`),
      () => userCacheFolder(files),
    ),
    ...(previous !== undefined && { previous: previous as RuleSetImage }),
  };
  const report = (outcome: RuleOutcome): void => {
    logRules(outcome, options.config, log);
    const wrong = outcome.errors.length > 0 || missingRuleFiles(options).length > 0;
    if (wrong && fatal) throw new UsageError('Loading signatures failed.');
    logProcessed(outcome, log);
  };
  if (compiling.thresholds) logThresholds(compiling.thresholds, fatal, log);
  const { cache } = compiling;
  const compile = (): CachedRules => {
    const result = loadAndCompile(options, matcher, compiling, report);
    if (result.outcome.loaded >= LARGE_RULE_COUNT) releaseUnusedMemory();
    return result;
  };
  if (!cache) return compile();
  const store = new ImageCache(cache, matcher);
  const key = rulesKey(sourcesOf(options, files, protocols, matcher));
  const known = store.read(key, compiling.previous);
  if (known) {
    report(known.outcome);
    return known;
  }
  const made = compile();
  store.write(key, made);
  cache.prune();
  return made;
}

/** Frees what only the old rule set used; call it when no thread scans with it any more. */
export function releaseReplaced(config: Config, before: unknown, after: unknown): void {
  if (before === undefined || after === undefined || before === after) return;
  const matcher = openMatcher(openMemory(allocateMemory(1, 64)), matcherKind(config));
  releaseUnused(matcher, before as RuleSetImage, after as RuleSetImage);
}

function logSlowMatcher(log: Log): void {
  const why = nativeProblem() ?? 'this processor lacks SSSE3';
  log.notice(`detect: using the TypeScript pattern matcher, which is slower than Hyperscan: ${why}`);
}

/** Signatures are compiled while they are parsed: the parsed form of a large rule set takes hundreds of megabytes. */
function loadAndCompile(
  options: LoadOptions,
  matcher: Matcher,
  compiling: CompileOptions,
  report: (outcome: RuleOutcome) => void,
): CachedRules {
  const compiler = new RuleCompiler(matcher, compiling);
  const rules = loadRules(options, signature => compiler.addSignature(signature));
  const outcome = outcomeOf(rules);
  report(outcome);
  return { outcome, image: compiler.finish(rules.signatures, rules.referenceSystems) };
}

function logThresholds({ rules, problems, read }: ThresholdFile, fatal: boolean, log: Log): void {
  for (const problem of problems) log.error(`detect-threshold: ${problem}`);
  if (problems.length > 0 && read && fatal) throw new UsageError('Error loading threshold configuration');
  if (read) log.info(`threshold-config: Threshold config parsed: ${rules.length} rule(s) found`);
}

/** Settings that do not affect compiled rules: packet sources, decoding, flows, threading and outputs. */
const UNRELATED_SETTINGS = new Set([
  ...['pcap-file', 'nfq', 'af-packet', 'af-packet-devices', 'bpf-filter', 'capture', 'reject'],
  ...['decoder', 'vlan', 'defrag', 'flow', 'flow-timeouts', 'host-os-policy', 'simulate'],
  ...['runmode', 'profiles', 'threading', 'unix-command', 'run-as', 'pid-file'],
  ...['default-log-dir', 'logging', 'outputs', 'outputs-buffer', 'stats'],
]);

function sourcesOf(
  options: LoadOptions,
  files: readonly string[],
  protocols: readonly Protocol[],
  matcher: Matcher,
): RuleSources {
  const { config, strict, exclusive, additional, firewallExclusive } = options;
  const settings = Object.entries(config.tree).filter(([name]) => !UNRELATED_SETTINGS.has(name));
  const rulesFrom = { strict, exclusive, additional, firewallExclusive, kind: matcher.kind };
  return {
    settings: [version(), process.version, rulesFrom, settings, protocols],
    files: [fileURLToPath(compiled('.built')), ...config.read(PROTOCOL_PLUGINS), ...files],
  };
}

/** Logs the outcome of loading the rules. */
export function logRules(rules: RuleOutcome, config: Config, log: Log): void {
  const sourceOf = sources(config);
  for (const error of rules.errors) logError(error, sourceOf(error), log);
  logWarnings(rules.warnings, sourceOf, log);
  logUnsupported(rules, log);
  for (const file of reputationFiles(config)) log.info(`reputation: Loading reputation file: ${file}`);
  readReputations(config, problem => log.error(`reputation: ${problem}`));
  const { loaded, errors, skipped, unsupported, files } = rules;
  if (loaded > 0) {
    log.info(
      `detect: ${files.length} rule files processed. ${loaded} rules successfully loaded, ${failures(errors)} rules failed, ${skipped.length + unsupported.length} rules skipped`,
    );
  }
}

/** Logs each warning; for a missing name, only the first rule that uses it and the number of others. */
function logWarnings(
  warnings: readonly RuleProblem[],
  sourceOf: (problem: RuleProblem) => string,
  log: Log,
): void {
  const uses = new Map<string, number>();
  for (const { message } of warnings) uses.set(message, (uses.get(message) ?? 0) + 1);
  for (const warning of warnings) {
    const { message, position, isMissingName } = warning;
    const count = uses.get(message)!;
    if (count === 0) continue;
    if (isMissingName) uses.set(message, 0);
    const place = position.line === 0 ? '' : `, in ${position.file} at line ${position.line}`;
    const others =
      isMissingName && count > 1 ? `, and in ${count - 1} more place${count === 2 ? '' : 's'}` : '';
    log.warning(`${sourceOf(warning)}: ${message}${place}${others}`);
  }
}

/** Logs the number of active signatures, even if it is zero. */
export function logProcessed({ loaded }: RuleOutcome, log: Log): void {
  log.info(`detect: ${loaded} signatures processed.`);
}

/** @returns the matcher selected by `mpm-algo` */
function matcherKind(config: Config): MatcherKind | 'auto' {
  const algorithm = config.read(PATTERN_MATCHER);
  if (algorithm === 'auto') return 'auto';
  return algorithm === 'hs' ? 'hyperscan' : 'qgram';
}

/** The engine part under which a problem with a file is logged. */
function sources(config: Config): (problem: RuleProblem) => string {
  const named = new Map([
    [config.read(CLASSIFICATION_FILE), 'classification-config'],
    [config.read(REFERENCE_FILE), 'reference'],
  ]);
  // If none are configured, problems without a file do not belong to them.
  named.delete('');
  return ({ position, rule }) => (rule === undefined && named.get(position.file)) || 'detect';
}

function logError(
  { message, position, keyword, suggestion, rule }: RuleProblem,
  source: string,
  log: Log,
): void {
  if (rule === undefined) {
    log.error(`${source}: ${message}`);
    return;
  }
  // The message is kept intact: users search for its text.
  const hint = suggestion === undefined ? '' : ` (help: ${suggestion})`;
  log.error(`${partOf(keyword)}: ${message}`);
  log.error(
    `detect: error parsing signature "${rule}" from file ${position.file} at line ${position.line}, column ${position.column}${hint}`,
  );
}

/** Logged under the name of the engine part, like the warning about removed events. */
const EVENT_KEYWORDS = ['decode-event', 'stream-event', 'engine-event'];

function partOf(keyword: string | undefined): string {
  if (keyword === undefined) return 'detect-parse';
  return EVENT_KEYWORDS.includes(keyword) ? 'detect' : `detect-${keyword.replace(/[^a-z0-9-]/g, '-')}`;
}

function failures(errors: readonly RuleProblem[]): number {
  return errors.filter(error => error.rule !== undefined).length;
}

function logUnsupported(rules: RuleOutcome, log: Log): void {
  if (rules.unsupported.length === 0) return;
  log.notice(
    `detect: ${rules.unsupported.length} rules are not loaded, because they need features that are not supported (-v lists them)`,
  );
  for (const [reason, count] of unsupportedByReason(rules).slice(0, MAX_LOGGED_REASONS))
    log.info(`detect: ${count} rules: ${reason}`);
}
