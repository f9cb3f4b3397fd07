/** Detection state of one thread that outlives a rule set. */
import type { ApplicationLayer } from '../../engine/application-layer.js';
import { openExpressions } from '../../engine/expression/open.js';
import type { Expressions } from '../../engine/expression.js';
import { openMatcher } from '../../engine/matcher/open.js';
import type { Matcher } from '../../engine/matcher.js';
import { allocateMemory, type Memory, openMemory } from '../../engine/memory.js';
import type { Thread } from '../../engine/module.js';
import type { RuleSetImage, StoredSignature } from '../../signatures/compile/image.js';
import type { ConditionWatch } from '../../signatures/condition-watch.js';
import { type Inspection, newInspection } from '../../signatures/inspection.js';
import { AlertStreamData, alertStreamDataSize } from './alert-stream-data.js';
import { Bypassing } from './bypassing.js';
import { FlowStates } from './flow-states.js';
import type { HeaderTest } from './header-test.js';
import { HistoryPool } from './history.js';
import * as Options from './options.js';
import { PacketFacts } from './packet-facts.js';
import { Renumberings } from './renumbering.js';
import type { Scan } from './scan.js';
import { openStores, type Stores } from './stores.js';
import { PacketTags } from './tags.js';

/** Observes the evaluation of signatures: for tools that explain or profile rules. */
export interface DetectionWatch {
  /** Observes the conditions of a signature; undefined: not of this one. */
  conditions?(signature: StoredSignature): ConditionWatch | undefined;
  /** Replaces the test of headers. */
  header?(image: RuleSetImage, facts: PacketFacts, at: Inspection): HeaderTest;
  /** Replaces the matcher of packets and streams, and the one of transactions. */
  matcher?(matcher: Matcher): Matcher;
  /** Called when all conditions of a signature hold. */
  matched?(signature: number): void;
}

/** State kept when rules are reloaded. */
export interface ThreadContext {
  readonly thread: Thread;
  readonly watch: DetectionWatch;
  readonly matcher: Matcher;
  readonly scanMemory: Memory;
  readonly transactionMatcher: Matcher;
  /** Databases of the two matchers, by their keys. */
  readonly importedDatabases: Map<string, number>;
  readonly importedTransactionDatabases: Map<string, number>;
  readonly pool: HistoryPool;
  readonly states: FlowStates;
  readonly streamData: AlertStreamData | undefined;
  readonly tags: PacketTags;
  readonly bypassing: Bypassing;
  readonly stores: Stores;
  readonly renumberings: Renumberings;
  readonly expressions: Expressions;
  readonly at: Inspection;
  readonly facts: PacketFacts;
  /** Declares a counter, and returns the function that increments it. */
  count(name: string): (by?: number) => void;
  /** Bytes scanned so far; `use` registers the scans of a new rule set. */
  scanned(): number;
  use(scan: Scan): Scan;
  /** The scans in use belong to rules that are being replaced. */
  retire(): void;
}

export function openThreadContext(thread: Thread, image: RuleSetImage, watch: DetectionWatch): ThreadContext {
  const { config, counters, memory, flows } = thread;
  const matcherOf = (of: Memory) => {
    const matcher = openMatcher(of, image.matcher);
    return watch.matcher?.(matcher) ?? matcher;
  };
  const scanMemory = openMemory(allocateMemory(1, config.read(Options.SCAN_ROOM)));
  const matcher = matcherOf(memory);
  const pool = new HistoryPool(config.read(Options.HISTORY_MEMCAP));
  const transactionMatcher = matcherOf(scanMemory);
  const states = new FlowStates(flows, pool, matcher, transactionMatcher);
  const tags = new PacketTags(thread, states, () => ({ table: stores.hosts, tracker: stores.tracker }));
  const stores: Stores = openStores(thread, states, tags);
  const showing = alertStreamDataSize(config);
  let scans: Scan[] = [];
  let retired = 0;
  return {
    thread,
    watch,
    matcher,
    scanMemory,
    transactionMatcher,
    importedDatabases: new Map(),
    importedTransactionDatabases: new Map(),
    pool,
    states,
    streamData:
      showing > 0 ? new AlertStreamData(memory, states, pool, showing, protocolsOf(thread)) : undefined,
    tags,
    bypassing: new Bypassing(thread, stores.bypassRequest),
    stores,
    renumberings: new Renumberings(),
    expressions: openExpressions('auto'),
    at: newInspection(memory, flows),
    facts: new PacketFacts(memory, flows),
    count(name) {
      const index = counters.declare(name);
      return (by = 1) => {
        counters.values[index]! += by;
      };
    },
    scanned: () => scans.reduce((sum, scan) => sum + scan.bytes, retired),
    retire() {
      retired = this.scanned();
      scans = [];
    },
    use(scan) {
      scans.push(scan);
      return scan;
    },
  };
}

/** Protocol names of flows: the application layer exists only after start-up. */
const protocolsOf =
  (thread: Thread) =>
  (flow: number): string | undefined =>
    applicationLayerOf(thread)?.sessionOf(flow)?.protocol.name;

export const applicationLayerOf = ({ services }: Thread): ApplicationLayer | undefined =>
  services.get('application-layer') as ApplicationLayer | undefined;
