/**
 * Compiles a rule set signature by signature: each is processed as soon as it is parsed and need not be kept; after the
 * last one they are sorted, grouped by protocol, direction, port and buffer, and the pattern databases are built.
 */
import type { Matcher } from '../../engine/matcher.js';
import { defaultSignatures } from '../firewall/default-signatures.js';
import { firewallTables } from '../firewall/tables.js';
import type { Signature } from '../signature.js';
import { thresholdsAdder } from '../threshold-config.js';
import { AddressSets, PortSets, shared32 } from './address-sets.js';
import { ApplicationSets } from './application-sets.js';
import { applicationRules, framesIn } from './applications.js';
import { DatabaseCache } from './cache.js';
import { type Compiled, compiledForm } from './compiled.js';
import { Databases, PatternNumbers } from './databases.js';
import { transportRules } from './groups.js';
import { HeaderRows } from './header-rows.js';
import type { RuleSetImage } from './image.js';
import { ipOnlyRules } from './ip-only.js';
import { NamedStateCollector } from './named-state.js';
import type { CompileOptions } from './options.js';
import { compare } from './order.js';
import { SignatureStore } from './signature-store.js';
import { ANYTHING, TCP, traitsOf, UDP } from './traits.js';

export class RuleCompiler {
  private readonly store = new SignatureStore();
  private readonly addresses = new AddressSets();
  private readonly ports = new PortSets();
  private readonly applications = new ApplicationSets();
  private readonly names = new NamedStateCollector();
  private readonly rows = new HeaderRows({
    addresses: this.addresses,
    ports: this.ports,
    applications: this.applications,
  });
  private readonly withThresholds: (signature: Signature) => Signature;

  /** @param matcher of this thread; its databases are shared with others */
  constructor(
    private readonly matcher: Matcher,
    private readonly options: CompileOptions,
  ) {
    this.withThresholds = thresholdsAdder(options.thresholds?.rules ?? []);
  }

  /** Processes a signature. @returns what `finish` needs of it */
  addSignature(parsed: Signature): Compiled {
    const { protocols, actionOrder, unsearched } = this.options;
    const signature = this.withThresholds(parsed);
    const traits = traitsOf(signature, protocols);
    const compiled = compiledForm(signature, traits, actionOrder, !unsearched?.(signature));
    this.names.addSignature(signature);
    this.rows.add(compiled, signature, this.store.add(signature));
    return compiled;
  }

  /**
   * @param members results of `addSignature` to keep
   * @param referenceSystems prefixes of reference types
   */
  finish(
    members: readonly Compiled[],
    referenceSystems: Readonly<Record<string, string>> = {},
  ): RuleSetImage {
    const { matcher, options } = this;
    const { firewall } = options;
    const defaults = firewall ? defaultSignatures().map(signature => this.addSignature(signature)) : [];
    const all = [...members, ...defaults].sort((a, b) => compare(a.order, b.order));
    all.forEach((member, i) => {
      member.number = i;
    });
    const patterns = new PatternNumbers();
    const databases = this.openDatabases(patterns);
    const searched = firewall ? all.filter(member => !member.firewall) : all;
    const transactionsSeeStreams = searched.some(
      ({ traits, onPayload }) => traits.onTransactions && onPayload,
    );
    const tools = { patterns, databases, limits: options.limits, transactionsSeeStreams };
    return {
      matcher: matcher.kind,
      count: all.length,
      tcp: transportRules('tcp', TCP, searched, tools),
      udp: transportRules('udp', UDP, searched, tools),
      other: transportRules('other', ANYTHING & ~(TCP | UDP), searched, tools),
      applications: applicationRules(options.protocols, searched, tools),
      frames: framesIn(all),
      usedKeywords: [...new Set(all.flatMap(requestedFeatures))],
      namedState: this.names.all,
      databases: databases.compile(),
      searches: databases.table(),
      patterns: patterns.table(),
      ipOnly: ipOnlyRules(searched),
      events: shared32(searched.filter(member => member.eventOnly).map(member => member.number)),
      usesStreamSize: all.some(member => member.usesStreamSize),
      untracking: shared32(searched.filter(member => member.untracks).map(member => member.number)),
      text: this.store.finish(),
      header: this.rows.sorted(all),
      addresses: this.addresses.table(),
      ports: this.ports.table(),
      applicationNames: this.applications.names,
      applicationSets: this.applications.table(),
      referenceSystems,
      ...(firewall && { firewall: firewallTables(all, defaults, firewall, options.protocols) }),
    };
  }

  private openDatabases(patterns: PatternNumbers): Databases {
    const { cache, previous } = this.options;
    const before = new Map(previous?.databases.map(database => [database.key, database]));
    return new Databases(this.matcher, patterns, new DatabaseCache(cache), before);
  }
}

/** Protocol features that a rule requests. */
function requestedFeatures({ buffers, keywords, asks, hook }: Compiled): string[] {
  return [...buffers, ...keywords, ...asks, ...(hook === undefined ? [] : [`hook:${hook}`])];
}
