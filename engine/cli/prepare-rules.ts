/** Loads and compiles the signatures of a run, and tells what became of them. */
import { compileOptionsFrom, RuleCompiler, type RuleSetImage } from '../../signatures/compile.js';
import { type LoadOptions, loadRules } from '../../signatures/load-rules.js';
import { type RuleProblem, type RuleSet, unsupportedByReason } from '../../signatures/rule-set.js';
import { CLASSIFICATION_FILE, REFERENCE_FILE } from '../../signatures/rule-settings.js';
import type { Config } from '../config/config.js';
import { type MatcherKind, openMatcher } from '../matcher.js';
import { allocateMemory, openMemory } from '../memory.js';
import type { Log } from '../module.js';
import type { Protocol } from '../protocol.js';
import { PATTERN_MATCHER } from './options.js';
import { UsageError } from './usage-error.js';

/** Reasons of unsupported rules that are told one by one. */
const REASONS_TOLD = 10;

/** What a run needs of its rules. */
export interface PreparedRules {
  /** What became of them. */
  readonly rules: RuleSet<unknown>;
  /** What threads need of the signatures: the object `rules` of `Thread.shared`. */
  readonly image: unknown;
}

/**
 * Loads and compiles the rules. Signatures are compiled as they are parsed: the parsed form of a large rule set takes
 * hundreds of megabytes.
 * @param previous the rule set in force: what is the same is not compiled again
 * @throws UsageError when a rule is refused and that is fatal
 */
export function prepareRules(
  options: LoadOptions,
  protocols: readonly Protocol[],
  fatal: boolean,
  log: Log,
  previous?: unknown,
): PreparedRules {
  // Compiling needs no packet memory: databases are exported to the threads, which scan.
  const matcher = openMatcher(openMemory(allocateMemory(1, 64)), matcherKind(options.config));
  const compiler = new RuleCompiler(matcher, {
    ...compileOptionsFrom(options.config, protocols, message => log.warning(`detect: ${message}`)),
    ...(previous !== undefined && { previous: previous as RuleSetImage }),
  });
  const rules = loadRules(options, signature => compiler.take(signature));
  tellRules(rules, options.config, log);
  if (rules.errors.length > 0 && fatal) throw new UsageError('Loading signatures failed.');
  log.info(`detect: ${rules.signatures.length} signatures processed.`);
  return { rules, image: compiler.finish(rules.signatures, rules.referenceSystems) };
}

/** Tells what became of the rules. */
export function tellRules(rules: RuleSet<unknown>, config: Config, log: Log): void {
  const sourceOf = sources(config);
  for (const error of rules.errors) tellError(error, sourceOf(error), log);
  for (const warning of rules.warnings) {
    const { message, position } = warning;
    const place = position.line === 0 ? '' : `, in ${position.file} at line ${position.line}`;
    log.warning(`${sourceOf(warning)}: ${message}${place}`);
  }
  tellUnsupported(rules, log);
  const { signatures, errors, skipped, unsupported, files } = rules;
  if (signatures.length > 0) {
    log.info(
      `detect: ${files.length} rule files processed. ${signatures.length} rules successfully loaded, ${failures(errors)} rules failed, ${skipped.length + unsupported.length} rules skipped`,
    );
  }
}

/** @returns the matcher that `mpm-algo` means */
function matcherKind(config: Config): MatcherKind | 'auto' {
  const algorithm = config.read(PATTERN_MATCHER);
  if (algorithm === 'auto') return 'auto';
  return algorithm === 'hs' ? 'hyperscan' : 'qgram';
}

/** The part of the engine that a problem with a file is told under. */
function sources(config: Config): (problem: RuleProblem) => string {
  const named = new Map([
    [config.read(CLASSIFICATION_FILE), 'classification-config'],
    [config.read(REFERENCE_FILE), 'reference'],
  ]);
  return ({ position, rule }) => (rule === undefined && named.get(position.file)) || 'detect';
}

function tellError(
  { message, position, keyword, suggestion, rule }: RuleProblem,
  source: string,
  log: Log,
): void {
  const part = keyword === undefined ? 'detect-parse' : `detect-${keyword.replace(/[^a-z0-9-]/g, '-')}`;
  if (rule === undefined) {
    log.error(`${source}: ${message}`);
    return;
  }
  // The message stands alone: users look for it by its text.
  const hint = suggestion === undefined ? '' : ` (help: ${suggestion})`;
  log.error(`${part}: ${message}`);
  log.error(
    `detect: error parsing signature "${rule}" from file ${position.file} at line ${position.line}, column ${position.column}${hint}`,
  );
}

function failures(errors: readonly RuleProblem[]): number {
  return errors.filter(error => error.rule !== undefined).length;
}

function tellUnsupported(rules: RuleSet<unknown>, log: Log): void {
  if (rules.unsupported.length === 0) return;
  log.notice(
    `detect: ${rules.unsupported.length} rules need what is not there yet and are left out (-v says what)`,
  );
  for (const [reason, count] of unsupportedByReason(rules).slice(0, REASONS_TOLD))
    log.info(`detect: ${count} rules: ${reason}`);
}
