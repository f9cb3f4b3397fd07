/** Loads the rules selected by configuration and command line. */
import type { Config } from '../engine/config/config.js';
import { isCode } from '../engine/detection/find.js';
import { tenantOptions } from '../engine/tenants.js';
import { firewallOptions } from './firewall/options.js';
import { firewallRuleFiles, type RuleFilePattern, ruleFileOptions, ruleFiles } from './rule-files.js';
import { type LoadOptions, RuleLoader } from './rule-loader.js';
import type { RuleSet } from './rule-set.js';
import { CLASSIFICATION_FILE, GEOIP_DATABASE, REFERENCE_FILE, ruleSettingOptions } from './rule-settings.js';
import type { Signature } from './signature.js';
import { categoriesFile } from './state/reputations.js';
import { tenantRules, usesMainRules } from './tenant-rules.js';
import { THRESHOLD_FILE } from './threshold-config.js';

/** Configuration options read when rules are loaded. */
export const ruleOptions = [...ruleFileOptions, ...ruleSettingOptions, ...firewallOptions, ...tenantOptions];

/**
 * Loads the rules selected by configuration and command line. Invalid rules are skipped and listed in `errors`; file
 * contents never cause an exception.
 */
export function loadRules(options: LoadOptions): RuleSet;
/** @param keep returns what to store instead of each signature: parsed signatures take much memory */
export function loadRules<Kept>(options: LoadOptions, keep: (signature: Signature) => Kept): RuleSet<Kept>;
export function loadRules(
  options: LoadOptions,
  keep: (signature: Signature) => unknown = signature => signature,
): RuleSet<unknown> {
  const { config } = options;
  const loader = new RuleLoader(options, keep);
  loader.firewall(firewallRuleFiles(config, options));
  const tenants = tenantRules(config, (message, file) => loader.problem('errors', message, file));
  if (tenants) loader.beginTenant(0, config);
  const patterns = usesMainRules(config) ? ruleFiles(config, options) : [];
  loader.patterns(patterns);
  const unused = patterns.length === 0 ? [...(options.exclusive ?? []), ...(options.additional ?? [])] : [];
  for (const file of unused)
    loader.problem(
      'warnings',
      `${file} is ignored: only tenants have rules (see multi-detect.default)`,
      file,
    );
  for (const tenant of tenants ?? []) {
    loader.beginTenant(tenant.id, tenant.config);
    loader.patterns(ruleFiles(tenant.config, {}));
  }
  const ofRules = patterns.filter(({ files }) => files.length === 0 || !files.every(isCode));
  if (ofRules.length > 0 && loader.ruleSet.signatures.length === 0) {
    loader.problem(
      'warnings',
      `${ofRules.length} rule files specified, but no rules were loaded!`,
      ofRules[0]!.pattern,
    );
  }
  return loader.finish();
}

/** All files read when the rules are loaded and compiled. */
export function filesRead(options: LoadOptions): string[] {
  const { config } = options;
  const named = [CLASSIFICATION_FILE, REFERENCE_FILE, THRESHOLD_FILE, GEOIP_DATABASE].map(each =>
    config.read(each),
  );
  const tenants = tenantRules(config, () => {}) ?? [];
  const rules = patternsOf(options, tenants).flatMap(({ files }) => files);
  return [...rules, ...named, ...categoriesFile(config), ...tenants.map(({ file }) => file)].filter(
    path => path !== '',
  );
}

/** Names and patterns of rule files that match no file. */
export function missingRuleFiles(options: LoadOptions): string[] {
  return patternsOf(options, tenantRules(options.config, () => {}) ?? [])
    .filter(({ files }) => files.length === 0)
    .map(({ pattern }) => pattern);
}

function patternsOf(
  options: LoadOptions,
  tenants: readonly { readonly config: Config }[],
): RuleFilePattern[] {
  const { config } = options;
  return [
    ...firewallRuleFiles(config, options),
    ...(usesMainRules(config) ? ruleFiles(config, options) : []),
    ...tenants.flatMap(tenant => ruleFiles(tenant.config, {})),
  ];
}

/**
 * Loads rules from text.
 * @param file name used in positions
 * @param firewall rules of the firewall, which come first
 */
export function loadRuleText(text: string, file: string, options: LoadOptions, firewall = ''): RuleSet {
  const loader = new RuleLoader<Signature>(options, signature => signature);
  if (firewall !== '') loader.firewallRules(Buffer.from(firewall, 'utf8').toString('latin1'), file);
  loader.rules(Buffer.from(text.replace(/^\ufeff/, ''), 'utf8').toString('latin1'), file);
  return loader.finish();
}
