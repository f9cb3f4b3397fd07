/** Selects the rule files to read: those of the configuration, `-s` in addition, `-S` instead; with globs. */
import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Config } from '../engine/config/config.js';
import { option, text, texts } from '../engine/config/option.js';
import { FIREWALL } from '../engine/firewall.js';
import { FIREWALL_RULE_FILES, FIREWALL_RULE_PATH } from './firewall/options.js';

export const DEFAULT_RULE_PATH = option(
  'default-rule-path',
  text,
  '/var/lib/suricata/rules',
  'folder of rule files without an absolute path',
);
export const RULE_FILES = option('rule-files', texts, [], 'rule files; * ? and [ ] are wildcards');

export const ruleFileOptions = [DEFAULT_RULE_PATH, RULE_FILES];

/** Rule files of the command line. */
export interface CommandLineRules {
  /** `-S`: read only these. */
  readonly exclusive?: readonly string[];
  /** `-s`: read these in addition to those of the configuration. */
  readonly additional?: readonly string[];
  /** `--firewall-rules-exclusive`: firewall rules are read only from here. */
  readonly firewallExclusive?: string;
}

/** Files of firewall rules; none if the firewall is disabled. */
export function firewallRuleFiles(
  config: Config,
  { firewallExclusive }: CommandLineRules,
): RuleFilePattern[] {
  if (!config.read(FIREWALL)) return [];
  if (firewallExclusive !== undefined) return [expand(firewallExclusive)];
  const folder = config.read(FIREWALL_RULE_PATH);
  return config
    .read(FIREWALL_RULE_FILES)
    .map(file => (isAbsolute(file) ? file : join(folder, file)))
    .map(expand);
}

/** A pattern and the files it matches. */
export interface RuleFilePattern {
  readonly pattern: string;
  readonly files: readonly string[];
}

/** In reading order. A pattern without files has an empty list. */
export function ruleFiles(config: Config, commandLine: CommandLineRules): RuleFilePattern[] {
  const { exclusive, additional = [] } = commandLine;
  if (exclusive && exclusive.length > 0) return exclusive.map(expand);
  const folder = config.read(DEFAULT_RULE_PATH);
  const configured = config.read(RULE_FILES).map(file => (isAbsolute(file) ? file : join(folder, file)));
  return [...configured, ...additional].map(expand);
}

function expand(pattern: string): RuleFilePattern {
  if (!/[*?[]/.test(pattern)) return { pattern, files: exists(pattern) ? [pattern] : [] };
  return { pattern, files: glob(pattern) };
}

/** Files whose path matches the pattern, sorted; `*`, `?` and `[…]` match within one path component. */
function glob(pattern: string): string[] {
  const parts = pattern.split('/');
  let paths = [parts[0] === '' ? '/' : '.'];
  for (const part of parts.filter(each => each !== '' && each !== '.')) {
    paths = paths.flatMap(path =>
      (/[*?[]/.test(part) ? matching(path, part) : [join(path, part)]).filter(exists),
    );
  }
  return paths.filter(path => statSync(path).isFile()).sort();
}

function matching(folder: string, part: string): string[] {
  const expression = new RegExp(
    `^${part
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
      .replaceAll('[!', '[^')}$`,
  );
  try {
    const names = readdirSync(folder).filter(
      name => expression.test(name) && (part.startsWith('.') || !name.startsWith('.')),
    );
    return names.map(name => join(folder, name));
  } catch {
    return [];
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
