/** Puts detection together for one thread and one rule set. */

import type { ApplicationLayer } from '../../engine/application-layer.js';
import type { Batch } from '../../engine/batch.js';
import { engineMode } from '../../engine/exception-policy.js';
import { type Expressions, openExpressions } from '../../engine/expression.js';
import { type Matcher, openMatcher } from '../../engine/matcher.js';
import { allocateMemory, type Memory, openMemory } from '../../engine/memory.js';
import type { Thread } from '../../engine/module.js';
import type { RuleSetImage, StoredSignature } from '../../signatures/compile/image.js';
import type { ConditionWatch } from '../../signatures/condition-watch.js';
import type { Inspection } from '../../signatures/inspection.js';
import { newInspection } from '../../signatures/inspection.js';
import { signatureLanguage } from '../../signatures/language.js';
import { PCRE_MATCH_LIMIT, PCRE_RECURSION_LIMIT } from '../../signatures/rule-settings.js';
import { Thresholds } from '../../signatures/state/thresholds.js';
import { AlertQueue } from './alert-queue.js';
import { BatchPlan } from './batch-plan.js';
import { Detection } from './detection.js';
import { type DetectionParts, Hand } from './detection-parts.js';
import { FirewallDetection } from './firewall/firewall-detection.js';
import { FlowStates } from './flow-states.js';
import { HeaderTest } from './header-test.js';
import { HistoryPool } from './history.js';
import { environmentsFor } from './inspection.js';
import { Judgement } from './judgement.js';
import * as Options from './options.js';
import { PacketFacts } from './packet-facts.js';
import { Renumberings } from './renumbering.js';
import { Rules } from './rule.js';
import { Scan } from './scan.js';
import { ShownStreams, shownBytes } from './shown-stream.js';
import { openStores, type Stores } from './stores.js';
import { StreamInspection } from './stream-inspection.js';
import { PacketTags } from './tags.js';
import { TransactionInspection } from './transaction-inspection.js';
import { TransactionPlan } from './transaction-plan.js';

export interface DetectThread {
  process(batch: Batch): void;
  /** Goes on with other rules: state of flows, hosts and transactions stays. Called between two batches. */
  reload(image: RuleSetImage): void;
  close(): void;
}

/** Looks on while signatures are evaluated: for tools that explain rules or measure them. */
export interface DetectionWatch {
  /** Watches the conditions of a signature; undefined: not of this one. */
  conditions?(signature: StoredSignature): ConditionWatch | undefined;
  /** Stands in for the test of headers. */
  header?(image: RuleSetImage, facts: PacketFacts, at: Inspection): HeaderTest;
  /** Stands in for the matcher of packets and streams, and for the one of transactions. */
  matcher?(matcher: Matcher): Matcher;
  /** All conditions of a signature hold. */
  matched?(signature: number): void;
}

export function openDetection(thread: Thread, image: RuleSetImage, watch: DetectionWatch = {}): DetectThread {
  const home = openHome(thread, image, watch);
  let inForce = image;
  let detection = detectionWith(home, image);
  const scannedBytes = thread.counters.declare('detect.scanned_bytes');
  return {
    process(batch) {
      detection.process(batch);
      thread.counters.values[scannedBytes] = home.scanned();
    },
    reload(next) {
      home.states.renumber(home.renumberings.add(inForce, next));
      home.retire();
      inForce = next;
      detection = detectionWith(home, next);
    },
    close() {
      home.states.close();
      home.expressions.releaseAll();
      home.stores.lua.runner.releaseAll();
      home.stores.datasets.close();
    },
  };
}

/** What stays when rules are loaded anew. */
interface Home {
  readonly thread: Thread;
  readonly watch: DetectionWatch;
  readonly matcher: Matcher;
  readonly room: Memory;
  readonly roomMatcher: Matcher;
  /** Databases of the two matchers, by their keys. */
  readonly imported: Map<string, number>;
  readonly roomImported: Map<string, number>;
  readonly pool: HistoryPool;
  readonly states: FlowStates;
  readonly shown: ShownStreams | undefined;
  readonly tags: PacketTags;
  readonly stores: Stores;
  readonly renumberings: Renumberings;
  readonly expressions: Expressions;
  readonly at: Inspection;
  readonly facts: PacketFacts;
  /** Declares a counter, and counts. */
  count(name: string): (by?: number) => void;
  /** Scanned so far, in bytes; `use` notes the scans of a new rule set. */
  scanned(): number;
  use(scan: Scan): Scan;
  /** The scans in use belong to rules that are given up. */
  retire(): void;
}

/** Names of the protocols of flows: the application layer is there once traffic is. */
function protocolsOf({ services }: Thread): (flow: number) => string | undefined {
  return flow => {
    const layer = services.get('application-layer') as ApplicationLayer | undefined;
    return layer?.conversation(flow)?.protocol.name;
  };
}

function openHome(thread: Thread, image: RuleSetImage, watch: DetectionWatch): Home {
  const { config, counters, memory, flows } = thread;
  const matcherOf = (of: Memory) => {
    const matcher = openMatcher(of, image.matcher);
    return watch.matcher?.(matcher) ?? matcher;
  };
  const room = openMemory(allocateMemory(1, config.read(Options.SCAN_ROOM)));
  const matcher = matcherOf(memory);
  const pool = new HistoryPool(config.read(Options.HISTORY_MEMCAP));
  const states = new FlowStates(flows, pool, matcher);
  const tags = new PacketTags(thread, states, () => ({ table: stores.hosts, tracker: stores.tracker }));
  const stores: Stores = openStores(thread, states, tags);
  const showing = shownBytes(config);
  let scans: Scan[] = [];
  let retired = 0;
  const scanned = () => scans.reduce((sum, scan) => sum + scan.bytes, retired);
  return {
    thread,
    watch,
    matcher,
    room,
    roomMatcher: matcherOf(room),
    imported: new Map(),
    roomImported: new Map(),
    pool,
    states,
    shown: showing > 0 ? new ShownStreams(memory, states, pool, showing, protocolsOf(thread)) : undefined,
    tags,
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
    scanned,
    retire() {
      retired = scanned();
      scans = [];
    },
    use(scan) {
      scans.push(scan);
      return scan;
    },
  };
}

function detectionWith(home: Home, image: RuleSetImage): Detection {
  const { thread, watch, pool, states, tags, stores, at, facts, count } = home;
  const { config, memory, flows } = thread;
  const scan = home.use(new Scan(home.matcher, image, home.imported));
  const language = signatureLanguage();
  // Those of the rules before are not used any more.
  home.expressions.releaseAll();
  stores.lua.runner.releaseAll();
  const environment = environmentsFor(
    {
      stores: stores.byName,
      expressions: home.expressions,
      limits: {
        recursion: config.read(Options.RECURSION_LIMIT),
        pcreMatch: config.read(PCRE_MATCH_LIMIT),
        pcreRecursion: config.read(PCRE_RECURSION_LIMIT),
      },
      limitReached: count('detect.pcre_limit_reached'),
    },
    watch.conditions?.bind(watch),
  );
  const rules = new Rules(image, language, environment, message => thread.warnOnce(message));
  const thresholds = new Thresholds(memory, stores.thresholds, stores.tracker, n => rules.at(n).signature);
  const parts: DetectionParts = {
    thread,
    image,
    facts,
    header: watch.header?.(image, facts, at) ?? new HeaderTest(image, facts),
    rules,
    scan,
    states,
    plan: new BatchPlan(memory, flows, image, scan, states),
    streams: new StreamInspection(memory, pool, scan, count('detect.stream_history_lost')),
    queue: new AlertQueue(config.read(Options.PACKET_ALERT_MAX)),
    judgement: new Judgement(
      thread,
      image,
      config.read(engineMode) === 'ips',
      thresholds,
      home.shown,
      stores.notes,
    ),
    ...(home.shown && { shown: home.shown }),
    at,
    hand: new Hand(states),
    tags,
    notes: stores.notes,
    unlogged: stores.unlogged,
    chunkToServer: config.read(Options.TO_SERVER_CHUNK),
    chunkToClient: config.read(Options.TO_CLIENT_CHUNK),
    guessesTransactions: config.read(Options.GUESS_TRANSACTION),
    mostGuesses: config.read(Options.TRANSACTION_LOGS),
    applications: applicationNumbers(thread, image),
    overflow: count('detect.alert_queue_overflow'),
    ...(watch.matched && { matched: watch.matched.bind(watch) }),
  };
  const detection = image.firewall
    ? new FirewallDetection(parts, image.firewall, count('firewall.discarded_alerts'))
    : new Detection(parts);
  const layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
  if (layer) {
    layer.useFrames(new Set(image.frames));
    const roomScan = home.use(new Scan(home.roomMatcher, image, home.roomImported));
    const plain = { stores: stores.byName, variable: () => 0 };
    const plan = new TransactionPlan(
      image,
      roomScan,
      home.room.bytes,
      language,
      plain,
      at,
      count('detect.buffer_truncated'),
      home.renumberings,
    );
    detection.useTransactions(
      layer,
      plan,
      judge => new TransactionInspection(image, rules, language, at, judge),
    );
    if (detection instanceof FirewallDetection) detection.useHooks(layer, language);
  }
  return detection;
}

/** Number in the image of each application protocol, by the number that flows know it by (from 1). */
function applicationNumbers(thread: Thread, image: RuleSetImage): Int32Array {
  const layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
  const names = layer ? layer.protocols.map(protocol => protocol.name) : [];
  return Int32Array.from(['', ...names], name => image.applicationNames.indexOf(name));
}
