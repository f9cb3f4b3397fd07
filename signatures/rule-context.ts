/** What rules are parsed against: variables, classifications, keywords, and where warnings go. */
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
  /** Protocol names that rule headers may use, each with its kind. */
  readonly protocols: ReadonlyMap<string, RuleProtocol>;
  /** Buffers that exist, by keyword, and what is known of them. */
  readonly buffers: ReadonlyMap<string, RuleBuffer>;
  /** Values of `vars: address-groups` and `vars: port-groups`. */
  readonly addressVariables: ReadonlyMap<string, string>;
  readonly portVariables: ReadonlyMap<string, string>;
  readonly classifications: ReadonlyMap<string, Classification>;
  /** Prefixes of reference types. */
  readonly references: ReadonlyMap<string, string>;
  /** What `requires` compares with. */
  readonly version: readonly [number, number, number];
  readonly features: ReadonlySet<string>;
  /** First parts of names of keywords, as `ja4`, that the configuration switched off. */
  readonly switchedOff: ReadonlySet<string>;
  /** Digests are made. */
  readonly hashing: boolean;
  /** Keywords whose checks are strict (`--strict-rule-keywords`): names, or `all`. */
  readonly strict: ReadonlySet<string>;
  /** Options that are `no`, of those that buffers name as their switch. */
  readonly off: ReadonlySet<string>;
  /** The keyword uricontent may be used (`legacy.uricontent`). */
  readonly uricontent: boolean;
  /** Limits, by the option they come from. */
  readonly limits: RuleLimits;
  /** Folder that files named in rules (datasets, lists) are relative to. */
  readonly folder: string;
  /** Datasets that rules name. */
  readonly datasets: DatasetDeclarations;
  /** Scripts that rules name. */
  readonly scripts: RuleScripts;
  /** Path of the MaxMind database, empty without one. */
  readonly geoipDatabase: string;
  /** That database, opened when a rule asks for it. */
  readonly geoip: GeoipDatabases;
  /** Categories of reputations. */
  readonly reputationCategories: ReadonlyMap<string, number>;
  /** The rules in hand are those of the firewall. */
  firewall: boolean;
  warn(problem: RuleProblem): void;
  /** Throws a RuleError when an expression cannot be compiled. */
  checkExpression?(pattern: string, options: string, at: Position): void;

  /** Sets shared between rules: the same text gives the same object. */
  readonly shared: SharedValues;
}

export interface RuleLimits {
  /** Longest rule text taken. */
  readonly ruleLength: number;
  readonly pcreMatchLimit: number;
  readonly pcreRecursionLimit: number;
}

/** What rules must know of a buffer. */
export interface RuleBuffer {
  readonly keyword: string;
  /** Application protocol it belongs to, undefined for packets and files. */
  readonly protocol?: string;
  readonly direction: 'to_server' | 'to_client' | 'either';
  readonly form?: TextForm;
  /** Of buffers of protocols: how far a direction must have come for it to be known. */
  readonly progress?: number;
}

/** A protocol name of rule headers. */
export interface RuleProtocol {
  readonly name: string;
  /** `network`: tcp, ip, pkthdr …; `application`: parsed by a module; `absent`: known, not there yet. */
  readonly kind: 'network' | 'application' | 'absent';
  readonly transports: readonly ('tcp' | 'udp')[];
  /** Names of hooks behind the colon. */
  readonly hooks: readonly string[];
  /** Names of its events, for `app-layer-event`. */
  readonly events?: ReadonlySet<string>;
  /** An application protocol that carries files. */
  readonly files?: boolean;
  /** Where those of application protocols lie. */
  readonly points?: ReadonlyMap<string, HookPoint>;
}

/** Words for which the nearest keyword is looked for; there may be thousands of wrong ones. */
const MOST_SUGGESTIONS = 200;

/** One object for equal values: 36,000 signatures share what is the same in them. */
export class SharedValues {
  readonly addresses = new Map<string, AddressSet>();
  readonly ports = new Map<string, PortSet>();
  private readonly texts = new Map<string, string>();
  private readonly lists = new Map<string, readonly string[]>();

  private readonly suggestions = new Map<string, string | undefined>();

  /** The known word nearest to a wrong one. */
  nearest(word: string, known: Iterable<string>): string | undefined {
    if (!this.suggestions.has(word)) {
      if (this.suggestions.size >= MOST_SUGGESTIONS) return undefined;
      this.suggestions.set(word, nearest(word.slice(0, 64), known));
    }
    return this.suggestions.get(word);
  }

  /** The same string object for the same text. */
  text(value: string): string {
    const known = this.texts.get(value);
    if (known !== undefined) return known;
    const flat = flatText(value);
    this.texts.set(flat, flat);
    return flat;
  }

  /** The same list object for a list of this one text. */
  listOf(value: string): readonly string[] {
    const known = this.lists.get(value);
    if (known) return known;
    const list = [this.text(value)];
    this.lists.set(list[0]!, list);
    return list;
  }
}
