/** Loads rules of several files into one rule set: parses each rule, and keeps the last revision of duplicates. */
import type { Config } from '../engine/config/config.js';
import { isCode } from '../engine/detection/find.js';
import { expressionCheck } from './expression-check.js';
import { FlowbitNames } from './flowbit-names.js';
import { rulesOf } from './parser/lines.js';
import { chunksOf } from './parser/rule-file-chunks.js';
import { decodeQuoted, decodeText, type RuleSource } from './parser/source.js';
import { identify, parseRule } from './parser.js';
import type { RuleContext } from './rule-context.js';
import { RuleError, SkippedRule, UnsupportedRule } from './rule-error.js';
import type { CommandLineRules, RuleFilePattern } from './rule-files.js';
import type { RuleProblem, RuleSet } from './rule-set.js';
import { type RuleSettings, ruleContext } from './rule-settings.js';
import type { Signature } from './signature.js';
import { tenantCondition } from './tenant-condition.js';
import { variableProblems } from './variables/check.js';

/** Which rules are loaded, and how strictly they are checked. */
export interface LoadOptions extends CommandLineRules, RuleSettings {
  readonly config: Config;
}

/** A bug in a keyword's parser must not prevent other rules from loading. */
function unexpected(error: unknown, source: RuleSource): RuleError {
  return new RuleError(`rule cannot be parsed: ${(error as Error).message}`, source.position(0));
}

function withTenant(signature: Signature, id: number): Signature {
  return { ...signature, conditions: [...signature.conditions, tenantCondition(id)] };
}

/** A loaded signature: its index in the list, and its position in the files. */
type Known = Pick<Signature, 'rev' | 'position'> & { readonly at: number };

/** Loads rules from files or text. */
export class RuleLoader<Kept> {
  readonly ruleSet: RuleSet<Kept>;
  private readonly files: string[] = [];
  private context: RuleContext;
  /** Of each tenant, after that of rules without a tenant. */
  private readonly contexts: RuleContext[] = [];
  /** The tenant whose rules are being loaded; undefined without tenants. */
  private tenant: number | undefined;
  /** By gid, sid and tenant. */
  private readonly known = new Map<string, Known>();
  private readonly flowbits = new FlowbitNames();

  constructor(
    private readonly options: LoadOptions,
    private readonly keep: (signature: Signature) => Kept,
  ) {
    const problems = { errors: [] as RuleProblem[], warnings: [] as RuleProblem[] };
    this.context = this.contextOf(options.config, problems);
    this.ruleSet = {
      ...problems,
      signatures: [],
      unsupported: [],
      skipped: [],
      files: this.files,
      named: [],
      referenceSystems: Object.fromEntries(this.context.references),
    };
  }

  /** Subsequent rules belong to this tenant: 0 is for traffic of no tenant. */
  beginTenant(id: number, config: Config): void {
    this.tenant = id;
    if (config !== this.options.config) this.context = this.contextOf(config, this.ruleSet);
  }

  patterns(patterns: readonly RuleFilePattern[]): void {
    for (const { pattern, files } of patterns) {
      if (files.length === 0) this.problem('warnings', `No rule files match the pattern ${pattern}`, pattern);
      for (const file of files) if (!isCode(file)) this.file(file);
    }
  }

  private contextOf(config: Config, problems: Pick<RuleSet, 'errors' | 'warnings'>): RuleContext {
    const { checkExpression = expressionCheck() } = this.options;
    const context = ruleContext(config, { ...this.options, checkExpression }, problems);
    for (const message of variableProblems(context.addressVariables, context.portVariables))
      problems.errors.push({ message, position: { file: '', line: 0, column: 0 } });
    this.contexts.push(context);
    return context;
  }

  problem(kind: 'errors' | 'warnings', message: string, file: string): void {
    this.ruleSet[kind].push({ message, position: { file, line: 0, column: 0 } });
  }

  /** Firewall rules, which come before all others. */
  firewall(patterns: readonly RuleFilePattern[]): void {
    this.context.firewall = true;
    for (const { pattern, files } of patterns) {
      if (files.length === 0) this.problem('warnings', `No rule files match the pattern ${pattern}`, pattern);
      for (const file of files) this.file(file);
    }
    this.context.firewall = false;
  }

  firewallRules(latin1: string, file: string): void {
    this.context.firewall = true;
    this.rules(latin1, file);
    this.context.firewall = false;
  }

  file(path: string): void {
    try {
      for (const { text, firstLine } of chunksOf(path)) this.rules(text, path, firstLine);
    } catch (error) {
      this.problem('errors', `opening rule file ${path}: ${(error as Error).message}`, path);
      return;
    }
    this.files.push(path);
  }

  rules(latin1: string, file: string, firstLine = 1): void {
    for (const source of rulesOf(latin1, file, firstLine)) this.rule(source);
  }

  finish(): RuleSet<Kept> {
    this.ruleSet.warnings.push(...this.flowbits.problems());
    const named = this.contexts.flatMap(({ datasets, scripts }) => [...datasets.files, ...scripts.files]);
    return { ...this.ruleSet, named };
  }

  private rule(source: RuleSource): void {
    try {
      this.add(parseRule(source, this.context), source);
    } catch (error) {
      this.refuse(error instanceof RuleError ? error : unexpected(error, source), source);
    }
  }

  private refuse(error: RuleError, source: RuleSource): void {
    const { message, position, suggestion, keyword } = error;
    if (error instanceof UnsupportedRule)
      this.ruleSet.unsupported.push({ reason: message, ...identify(source), position });
    else {
      const list = error instanceof SkippedRule ? this.ruleSet.skipped : this.ruleSet.errors;
      list.push({
        message: decodeQuoted(message),
        position,
        ...(suggestion !== undefined && { suggestion: decodeQuoted(suggestion) }),
        ...(keyword !== undefined && { keyword }),
        rule: decodeText(source.text),
      });
    }
  }

  /** The highest revision of equal gid and sid is kept. */
  private add(signature: Signature, source: RuleSource): void {
    const key = `${signature.gid}:${signature.sid}`;
    const { signatures, warnings } = this.ruleSet;
    const ownKey = this.tenant === undefined ? key : `${this.tenant} ${key}`;
    const before = this.known.get(ownKey);
    const { rev, position } = signature;
    if (before && before.rev >= rev) {
      throw new RuleError(
        `Duplicate signature ${key}: revision ${before.rev} is in ${before.position.file}, line ${before.position.line}`,
        position,
      );
    }
    const at = before?.at ?? signatures.length;
    if (before) {
      warnings.push({
        message: `Signature with newer revision, so the older sig replaced by this new signature ${key}`,
        position,
        rule: decodeText(source.text),
      });
    }
    this.known.set(ownKey, { at, rev, position });
    this.flowbits.addSignature(signature);
    signature.index = at;
    signatures[at] = this.keep(this.tenant === undefined ? signature : withTenant(signature, this.tenant));
  }
}
