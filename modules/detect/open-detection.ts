/** Puts detection together for one thread and one rule set. */
import type { Batch } from '../../engine/batch.js';
import { engineMode } from '../../engine/exception-policy.js';
import { openExpressions } from '../../engine/expression.js';
import { type Matcher, type MatcherKind, openMatcher } from '../../engine/matcher.js';
import { type Memory, openMemory } from '../../engine/memory.js';
import type { Thread } from '../../engine/module.js';
import type { ApplicationLayer } from '../../engine/protocol.js';
import type { RuleSetImage, StoredSignature } from '../../signatures/compile/image.js';
import type { ConditionWatch } from '../../signatures/condition-watch.js';
import type { Inspection } from '../../signatures/inspection.js';
import { MATCH_COMPILERS } from '../../signatures/keywords.js';
import { PCRE_MATCH_LIMIT, PCRE_RECURSION_LIMIT } from '../../signatures/rule-settings.js';
import { Thresholds } from '../../signatures/state/thresholds.js';
import { TRANSFORMS } from '../../signatures/transforms.js';
import { AlertQueue } from './alert-queue.js';
import { BatchPlan } from './batch-plan.js';
import { Detection } from './detection.js';
import { FlowStates } from './flow-states.js';
import { HeaderTest } from './header-test.js';
import { HistoryPool } from './history.js';
import { environmentsFor, newInspection } from './inspection.js';
import { Judgement } from './judgement.js';
import * as Options from './options.js';
import { PacketFacts } from './packet-facts.js';
import { Rules } from './rule.js';
import { Scan } from './scan.js';
import { signatureLanguage } from './signature-language.js';
import { openStores, type Stores } from './stores.js';
import { StreamInspection } from './stream-inspection.js';
import { PacketTags } from './tags.js';
import { TransactionInspection } from './transaction-inspection.js';
import { TransactionPlan } from './transaction-plan.js';

export interface DetectThread {
  process(batch: Batch): void;
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
  const { config, counters, memory, flows } = thread;
  const count = (name: string) => {
    const index = counters.declare(name);
    return (by = 1) => {
      counters.values[index]! += by;
    };
  };
  const kind = matcherKindOf(image);
  const matcherOf = (of: Memory) => {
    const matcher = openMatcher(of, kind);
    return watch.matcher?.(matcher) ?? matcher;
  };
  const scan = new Scan(matcherOf(memory), image);
  const pool = new HistoryPool(config.read(Options.HISTORY_MEMCAP));
  const states = new FlowStates(flows, pool, scan);
  const facts = new PacketFacts(memory, flows);
  const at = newInspection(memory, flows);
  const language = signatureLanguage(MATCH_COMPILERS, TRANSFORMS);
  const tags = new PacketTags(thread, states, () => ({ table: stores.hosts, tracker: stores.tracker }));
  const stores: Stores = openStores(thread, states, tags);
  const environment = environmentsFor(
    {
      stores: stores.byName,
      expressions: openExpressions('auto'),
      limits: {
        recursion: config.read(Options.RECURSION_LIMIT),
        pcreMatch: config.read(PCRE_MATCH_LIMIT),
        pcreRecursion: config.read(PCRE_RECURSION_LIMIT),
      },
      limitReached: count('detect.pcre_limit_reached'),
    },
    watch.conditions?.bind(watch),
  );
  const warn = (message: string) => thread.warnOnce(message);
  const rules = new Rules(image, language, environment, warn);
  const thresholds = new Thresholds(
    memory,
    stores.thresholds,
    stores.tracker,
    number => rules.at(number).signature,
  );
  const plan = new BatchPlan(memory, flows, image, scan, states);
  const inline = config.read(engineMode) === 'ips';
  const detection = new Detection({
    thread,
    image,
    facts,
    header: watch.header?.(image, facts, at) ?? new HeaderTest(image, facts),
    rules,
    scan,
    states,
    plan,
    streams: new StreamInspection(memory, pool, scan, count('detect.stream_history_lost')),
    queue: new AlertQueue(config.read(Options.PACKET_ALERT_MAX)),
    judgement: new Judgement(thread, image, inline, thresholds),
    at,
    tags,
    chunkToServer: config.read(Options.TO_SERVER_CHUNK),
    chunkToClient: config.read(Options.TO_CLIENT_CHUNK),
    guessesTransactions: config.read(Options.GUESS_TRANSACTION),
    applications: applicationNumbers(thread, image),
    overflow: count('detect.alert_queue_overflow'),
    ...(watch.matched && { matched: watch.matched.bind(watch) }),
  });
  const layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
  if (layer) useTransactions();
  const scannedBytes = counters.declare('detect.scanned_bytes');

  function useTransactions(): void {
    const room = openMemory({
      bytes: new SharedArrayBuffer(config.read(Options.SCAN_ROOM)),
      rows: new SharedArrayBuffer(256),
    });
    const roomScan = new Scan(matcherOf(room), image);
    const truncated = count('detect.buffer_truncated');
    const common = { stores: stores.byName, variable: () => 0 };
    const transactionPlan = new TransactionPlan(image, roomScan, room.bytes, language, common, at, truncated);
    const inspection = new TransactionInspection(image, rules, language, at, detection);
    detection.useTransactions(layer!, transactionPlan, inspection);
  }

  return {
    process(batch) {
      detection.process(batch);
      counters.values[scannedBytes] = scan.bytes;
    },
    close: () => states.close(),
  };
}

/** Number in the image of each application protocol, by the number that flows know it by (from 1). */
function applicationNumbers(thread: Thread, image: RuleSetImage): Int32Array {
  const layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
  const names = layer ? layer.protocols.map(protocol => protocol.name) : [];
  return Int32Array.from(['', ...names], name => image.applicationNames.indexOf(name));
}

function matcherKindOf(image: RuleSetImage): MatcherKind {
  return image.databases[0]?.shared.kind ?? 'qgram';
}
