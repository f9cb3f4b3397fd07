/** Configuration for rules: variables, classifications, references, limits. */

import { existsSync } from 'node:fs';
import type { Config } from '../engine/config/config.js';
import { boolean, choice, integer, option, text, tree } from '../engine/config/option.js';
import { DISABLE_HASHING, hashes } from '../engine/files/hashing.js';
import type { Protocol } from '../engine/protocol.js';
import {
  builtInClassifications,
  type Classification,
  type ConfigLineProblem,
  readClassifications,
} from './classification.js';
import { DatasetDeclarations, datasetOptions } from './dataset-declarations.js';
import { GeoipDatabases } from './geoip/databases.js';
import { buffersByKeyword, keywordsByName } from './keywords.js';
import { luaOptions } from './lua/options.js';
import { RuleScripts } from './lua/rule-scripts.js';
import { ruleProtocols } from './protocols.js';
import { builtInReferences, readReferences } from './reference-config.js';
import { type RuleContext, SharedValues } from './rule-context.js';
import { DEFAULT_RULE_PATH } from './rule-files.js';
import type { RuleProblem } from './rule-set.js';
import { categoriesFile, readCategories } from './state/reputations.js';

export const ADDRESS_GROUPS = option(
  'vars.address-groups',
  tree,
  undefined,
  'address variables such as $HOME_NET',
);
export const PORT_GROUPS = option('vars.port-groups', tree, undefined, 'port variables such as $HTTP_PORTS');
export const CLASSIFICATION_FILE = option(
  'classification-file',
  text,
  '',
  'file of classtypes; default: built in',
);
export const REFERENCE_FILE = option(
  'reference-config-file',
  text,
  '',
  'file of reference types; default: built in',
);
export const RULE_LENGTH = option(
  'detect.rule-length',
  integer(64, 16_777_216),
  65_536,
  'maximum length of a rule, in characters',
);
export const PCRE_MATCH_LIMIT = option(
  'pcre.match-limit',
  integer(1, 2 ** 31 - 1),
  3500,
  'maximum backtracking steps of a regular expression',
);
export const PCRE_RECURSION_LIMIT = option(
  'pcre.match-limit-recursion',
  integer(1, 2 ** 31 - 1),
  1500,
  'maximum backtracking depth of a regular expression',
);

export const GEOIP_DATABASE = option(
  'geoip-database',
  text,
  '',
  'MaxMind country database, for the keyword geoip',
);

const URICONTENT = option(
  'legacy.uricontent',
  choice('enabled', 'disabled'),
  'enabled',
  'allow the keyword uricontent in rules',
);

export const ruleSettingOptions = [
  URICONTENT,
  GEOIP_DATABASE,
  ADDRESS_GROUPS,
  PORT_GROUPS,
  CLASSIFICATION_FILE,
  REFERENCE_FILE,
  RULE_LENGTH,
  DISABLE_HASHING,
  PCRE_MATCH_LIMIT,
  PCRE_RECURSION_LIMIT,
  ...datasetOptions,
  ...luaOptions,
];

/** Variables if the configuration has no `vars` at all. */
const DEFAULT_ADDRESSES: Readonly<Record<string, string>> = {
  HOME_NET: '[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]',
  EXTERNAL_NET: '!$HOME_NET',
  HTTP_SERVERS: '$HOME_NET',
  SMTP_SERVERS: '$HOME_NET',
  SQL_SERVERS: '$HOME_NET',
  DNS_SERVERS: '$HOME_NET',
  TELNET_SERVERS: '$HOME_NET',
  AIM_SERVERS: '$EXTERNAL_NET',
  DC_SERVERS: '$HOME_NET',
  DNP3_SERVER: '$HOME_NET',
  DNP3_CLIENT: '$HOME_NET',
  MODBUS_CLIENT: '$HOME_NET',
  MODBUS_SERVER: '$HOME_NET',
  ENIP_CLIENT: '$HOME_NET',
  ENIP_SERVER: '$HOME_NET',
};
const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  HTTP_PORTS: '80',
  SHELLCODE_PORTS: '!80',
  ORACLE_PORTS: '1521',
  SSH_PORTS: '22',
  DNP3_PORTS: '20000',
  MODBUS_PORTS: '502',
  FILE_DATA_PORTS: '[$HTTP_PORTS,110,143]',
  FTP_PORTS: '21',
  GENEVE_PORTS: '6081',
  VXLAN_PORTS: '4789',
  TEREDO_PORTS: '3544',
  SIP_PORTS: '[5060,5061]',
};

/** Features that rules may request with `requires: feature …`. */
const FEATURES: readonly string[] = ['ja3', 'ja4'];

/** Fingerprints that can be disabled: their keywords are then refused. */
const FINGERPRINTS: readonly string[] = ['ja3', 'ja4'];

function isOff(value: unknown): boolean {
  return /^(no|off|false|0)$/i.test(String(value));
}

/** Settings that are not in the configuration. */
export interface RuleSettings {
  readonly protocols?: readonly Protocol[];
  /** `--strict-rule-keywords`: names, or `all`. */
  readonly strict?: readonly string[];
  /** Features in addition to the built-in ones. */
  readonly features?: readonly string[];
  /** Validates a regular expression by compiling it. */
  readonly checkExpression?: RuleContext['checkExpression'];
}

/** The supported version of the rule language. */
export const RULES_VERSION: RuleContext['version'] = [8, 0, 7];

/** @param problems receives errors of the files read, and warnings about rules */
export function ruleContext(
  config: Config,
  settings: RuleSettings,
  problems: { readonly errors: RuleProblem[]; readonly warnings: RuleProblem[] },
): RuleContext {
  const { protocols = [], strict = [], features = [], checkExpression } = settings;
  const noVariables = config.at('vars') === undefined;
  const datasets = new DatasetDeclarations(config);
  datasets.configure(config, message => problems.errors.push(fileProblem(message, '')));
  return {
    keywords: keywordsByName(protocols),
    protocols: ruleProtocols(protocols),
    buffers: buffersByKeyword(protocols),
    addressVariables: variables(config.read(ADDRESS_GROUPS) ?? (noVariables ? DEFAULT_ADDRESSES : {})),
    portVariables: variables(config.read(PORT_GROUPS) ?? (noVariables ? DEFAULT_PORTS : {})),
    classifications: classifications(config.read(CLASSIFICATION_FILE), problems),
    references: references(config.read(REFERENCE_FILE), problems),
    version: RULES_VERSION,
    features: new Set([...FEATURES, ...features]),
    switchedOff: new Set(
      FINGERPRINTS.filter(each => isOff(config.at(`app-layer.protocols.tls.${each}-fingerprints`))),
    ),
    hashing: hashes(config),
    off: switchedOff(config, protocols),
    uricontent: config.read(URICONTENT) === 'enabled',
    strict: new Set(strict),
    limits: {
      ruleLength: config.read(RULE_LENGTH),
      pcreMatchLimit: config.read(PCRE_MATCH_LIMIT),
      pcreRecursionLimit: config.read(PCRE_RECURSION_LIMIT),
    },
    folder: config.read(DEFAULT_RULE_PATH),
    datasets,
    scripts: new RuleScripts(config, config.read(DEFAULT_RULE_PATH), datasets),
    geoipDatabase: config.read(GEOIP_DATABASE),
    geoip: new GeoipDatabases(),
    reputationCategories: categories(config, problems),
    firewall: false,
    warn: problem => problems.warnings.push(problem),
    ...(checkExpression && { checkExpression }),
    shared: new SharedValues(),
  };
}

function switchedOff(config: Config, protocols: readonly Protocol[]): Set<string> {
  const paths = protocols.flatMap(({ buffers }) => buffers.flatMap(each => each.switch ?? []));
  return new Set(paths.filter(path => boolean.parse(config.at(path)) === false));
}

function variables(groups: unknown): Map<string, string> {
  const entries = groups !== null && typeof groups === 'object' ? Object.entries(groups) : [];
  return new Map(
    entries
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, variable(value)]),
  );
}

/** Values may be strings, numbers, or YAML lists of them; a mapping is reported as such. */
function variable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(variable).join(',')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

type Problems = { readonly errors: RuleProblem[]; readonly warnings: RuleProblem[] };

function classifications(path: string, problems: Problems): Map<string, Classification> {
  if (!readable(path, 'classification', problems)) return builtInClassifications();
  const read = readClassifications(path);
  problems.errors.push(...read.problems.map(problem => lineProblem(problem, path)));
  return read.classifications;
}

function references(path: string, problems: Problems): Map<string, string> {
  if (!readable(path, 'reference', problems)) return builtInReferences();
  const read = readReferences(path);
  problems.errors.push(...read.problems.map(problem => lineProblem(problem, path)));
  return read.references;
}

function readable(path: string, what: string, problems: Problems): boolean {
  if (path === '') return false;
  if (existsSync(path)) return true;
  const message = `could not open ${what} file ${path}; the built-in ${what}s are used`;
  problems.warnings.push(fileProblem(message, path));
  return false;
}

function categories(config: Config, problems: Problems): Map<string, number> {
  const [file = ''] = categoriesFile(config);
  return readCategories(config, message => problems.warnings.push(fileProblem(message, file)));
}

/** A problem with a whole file, or without a file. */
function fileProblem(message: string, file: string): RuleProblem {
  return { message, position: { file, line: 0, column: 0 } };
}

function lineProblem({ message, line }: ConfigLineProblem, file: string): RuleProblem {
  return { message, position: { file, line, column: 1 } };
}

/** Values of address variables by name. */
export function addressVariables(config: Config): Map<string, string> {
  return variables(config.read(ADDRESS_GROUPS));
}
