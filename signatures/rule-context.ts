/** Context for parsing rules: variables, classifications, keywords, and the target of warnings. */
import { nearest } from '../engine/nearest.js';
import type { TextForm } from '../engine/protocol.js';
import type { Classification } from './classification.js';
import type { DatasetDeclarations } from './dataset-declarations.js';
import { flatText } from './flat-text.js';
import type { GeoipDatabases } from './geoip/databases.js';
import type { HookPoint } from './hook-point.js';
import type { Keyword } from './keyword.js';
import type { RuleScripts } from './lua/rule-scripts.js';
import type { RuleProblem } from './rule-set.js';
import type { AddressSet, PortSet, Position } from './signature.js';

export interface RuleContext {
  readonly keywords: ReadonlyMap<string, Keyword>;
  /** Protocol names allowed in rule headers, with their kind. */
  readonly protocols: ReadonlyMap<string, RuleProtocol>;
  /** Available buffers and their properties, by keyword. */
  readonly buffers: ReadonlyMap<string, RuleBuffer>;
  /** Values of `vars: address-groups` and `vars: port-groups`. */
  readonly addressVariables: ReadonlyMap<string, string>;
  readonly portVariables: ReadonlyMap<string, string>;
  readonly classifications: ReadonlyMap<string, Classification>;
  /** Prefixes of reference types. */
  readonly references: ReadonlyMap<string, string>;
  /** Version for comparisons in `requires`. */
  readonly version: readonly [number, number, number];
  readonly features: ReadonlySet<string>;
  /** Prefixes of keyword names, such as `ja4`, that the configuration disables. */
  readonly switchedOff: ReadonlySet<string>;
  /** Digests are supported. */
  readonly hashing: boolean;
  /** Keywords that are checked strictly (`--strict-rule-keywords`): names, or `all`. */
  readonly strict: ReadonlySet<string>;
  /** Options set to `no`, among those that enable buffers. */
  readonly off: ReadonlySet<string>;
  /** The keyword uricontent is allowed (`legacy.uricontent`). */
  readonly uricontent: boolean;
  /** Limits, by option. */
  readonly limits: RuleLimits;
  /** Folder that file names in rules (datasets, lists) are relative to. */
  readonly folder: string;
  /** Datasets named in rules. */
  readonly datasets: DatasetDeclarations;
  /** Scripts named in rules. */
  readonly scripts: RuleScripts;
  /** Path of the MaxMind database; empty if not configured. */
  readonly geoipDatabase: string;
  /** The MaxMind databases, opened on first use by a rule. */
  readonly geoip: GeoipDatabases;
  /** Reputation categories. */
  readonly reputationCategories: ReadonlyMap<string, number>;
  /** The rules being parsed are firewall rules. */
  firewall: boolean;
  warn(problem: RuleProblem): void;
  /** Throws a RuleError if a regular expression cannot be compiled. */
  checkExpression?(pattern: string, options: string, at: Position): void;

  /** Values shared between rules: equal texts share one object. */
  readonly shared: SharedValues;
}

export interface RuleLimits {
  /** Maximum length of a rule. */
  readonly ruleLength: number;
  readonly pcreMatchLimit: number;
  readonly pcreRecursionLimit: number;
}

/** Properties of a buffer that matter to rules. */
export interface RuleBuffer {
  readonly keyword: string;
  /** Application protocol it belongs to; undefined for packets and files. */
  readonly protocol?: string;
  readonly direction: 'to_server' | 'to_client' | 'either';
  readonly form?: TextForm;
  /** For buffers of protocols: the progress of a direction at which it is available. */
  readonly progress?: number;
}

/** A protocol name in rule headers. */
export interface RuleProtocol {
  readonly name: string;
  /** `network`: tcp, ip, pkthdr …; `application`: parsed by a module; `absent`: known, but not supported yet. */
  readonly kind: 'network' | 'application' | 'absent';
  readonly transports: readonly ('tcp' | 'udp')[];
  /** Hook names after the colon. */
  readonly hooks: readonly string[];
  /** Its event names, for `app-layer-event`. */
  readonly events?: ReadonlySet<string>;
  /** An application protocol that carries files. */
  readonly files?: boolean;
  /** Positions of an application protocol's hooks. */
  readonly points?: ReadonlyMap<string, HookPoint>;
}

/** Maximum number of suggestions computed for wrong words, of which there may be thousands. */
const MAX_SUGGESTIONS = 200;

/** One object for equal values: 36,000 signatures share their equal parts. */
export class SharedValues {
  readonly addresses = new Map<string, AddressSet>();
  readonly ports = new Map<string, PortSet>();
  private readonly texts = new Map<string, string>();
  private readonly lists = new Map<string, readonly string[]>();

  private readonly suggestions = new Map<string, string | undefined>();

  /** The known word most similar to a wrong one. */
  nearest(word: string, known: Iterable<string>): string | undefined {
    if (!this.suggestions.has(word)) {
      if (this.suggestions.size >= MAX_SUGGESTIONS) return undefined;
      this.suggestions.set(word, nearest(word.slice(0, 64), known));
    }
    return this.suggestions.get(word);
  }

  /** The same string object for equal texts. */
  text(value: string): string {
    const known = this.texts.get(value);
    if (known !== undefined) return known;
    const flat = flatText(value);
    this.texts.set(flat, flat);
    return flat;
  }

  /** The same list object for each list of a single text. */
  listOf(value: string): readonly string[] {
    const known = this.lists.get(value);
    if (known) return known;
    const list = [this.text(value)];
    this.lists.set(list[0]!, list);
    return list;
  }
}
