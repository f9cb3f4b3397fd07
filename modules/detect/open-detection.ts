/** Assembles detection for one thread and one rule set. */

import type { ApplicationLayer } from '../../engine/application-layer.js';
import type { Batch } from '../../engine/batch.js';
import { engineMode } from '../../engine/exception-policy.js';
import { offerFirewallHooks } from '../../engine/firewall.js';
import type { Thread } from '../../engine/module.js';
import { ignoresChecksums } from '../../engine/packet/checksum-options.js';
import { RAW_REASSEMBLY } from '../../engine/stream/raw-reassembly.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';
import { signatureLanguage } from '../../signatures/language.js';
import { PCRE_MATCH_LIMIT, PCRE_RECURSION_LIMIT } from '../../signatures/rule-settings.js';
import { Thresholds } from '../../signatures/state/thresholds.js';
import { AlertFinalizer } from './alert-finalizer.js';
import { AlertQueue } from './alert-queue.js';
import { Alerts } from './alerts.js';
import { BatchPlan } from './batch-plan.js';
import { Detection } from './detection.js';
import { CurrentFlow, type DetectionParts } from './detection-parts.js';
import { FirewallDetection } from './firewall/firewall-detection.js';
import { HeaderTest } from './header-test.js';
import { environmentsFor, type SharedEnvironment } from './inspection.js';
import * as Options from './options.js';
import { allDone, Rules } from './rule.js';
import { Scan } from './scan.js';
import { StreamInspection } from './stream-inspection.js';
import {
  applicationLayerOf,
  type DetectionWatch,
  openThreadContext,
  type ThreadContext,
} from './thread-context.js';
import { TransactionInspection } from './transaction-inspection.js';
import { TransactionPlan } from './transaction-plan.js';
import { UntrackingDetection } from './untracked-packets.js';

export interface DetectThread {
  process(batch: Batch): void;
  /** Called when no packet has arrived for a while. */
  idle(): void;
  /** Switches to other rules: state of flows, hosts and transactions is kept. Called between two batches. */
  reload(image: RuleSetImage): void;
  close(): void;
}

export function openDetection(thread: Thread, image: RuleSetImage, watch: DetectionWatch = {}): DetectThread {
  const context = openThreadContext(thread, image, watch);
  let inForce = image;
  let detection = detectionWith(context, image);
  const scannedBytes = thread.counters.declare('detect.scanned_bytes');
  return {
    process(batch) {
      detection.process(batch);
      context.stores.datasets.processRequests();
      thread.counters.values[scannedBytes] = context.scanned();
    },
    idle: () => context.stores.datasets.processRequests(),
    reload(next) {
      context.states.renumber(context.renumberings.add(inForce, next));
      context.retire();
      inForce = next;
      detection = detectionWith(context, next);
    },
    close() {
      context.states.close();
      context.expressions.releaseAll();
      context.stores.lua.runner.releaseAll();
      context.stores.datasets.close();
    },
  };
}

function detectionWith(context: ThreadContext, image: RuleSetImage): Detection {
  const scan = context.use(new Scan(context.matcher, image, context.importedDatabases));
  context.states.closeScannersOf(scan.released);
  const rules = rulesOf(context, image);
  const parts = partsOf(context, image, scan, rules);
  const detection = detectionOf(context, image, parts);
  const layer = applicationLayerOf(context.thread);
  if (layer) inspectTransactions(context, layer, parts, detection);
  return detection;
}

function detectionOf(
  context: ThreadContext,
  { firewall, untracking }: RuleSetImage,
  parts: DetectionParts,
): Detection {
  if (firewall) return new FirewallDetection(parts, firewall, context.count('firewall.discarded_alerts'));
  offerFirewallHooks(context.thread, undefined);
  return untracking.length > 0 ? new UntrackingDetection(parts, untracking) : new Detection(parts);
}

function rulesOf(context: ThreadContext, image: RuleSetImage): Rules {
  const { thread, watch, stores, expressions } = context;
  // Those of the previous rules are no longer used.
  expressions.releaseAll();
  stores.lua.runner.releaseAll();
  const environment = environmentsFor(sharedEnvironment(context), watch.conditions?.bind(watch));
  return new Rules(image, signatureLanguage(), environment, message => thread.warnOnce(message));
}

/** Environment common to the conditions and transforms of all signatures. */
function sharedEnvironment({ thread, stores, expressions, count }: ThreadContext): SharedEnvironment {
  const { config } = thread;
  return {
    stores: stores.byName,
    expressions,
    limits: {
      recursion: config.read(Options.RECURSION_LIMIT) || Number.MAX_SAFE_INTEGER,
      pcreMatch: config.read(PCRE_MATCH_LIMIT),
      pcreRecursion: config.read(PCRE_RECURSION_LIMIT),
    },
    ignoresChecksums: ignoresChecksums(config),
    limitReached: count('detect.pcre_limit_reached'),
  };
}

function partsOf(context: ThreadContext, image: RuleSetImage, scan: Scan, rules: Rules): DetectionParts {
  const { thread, watch, pool, states, tags, bypassing, stores, at, facts, count } = context;
  const { config, memory, flows } = thread;
  const inspectsStreams = config.read(RAW_REASSEMBLY);
  const chunks = {
    toServer: config.read(Options.TO_SERVER_CHUNK),
    toClient: config.read(Options.TO_CLIENT_CHUNK),
  };
  return {
    thread,
    image,
    facts,
    header: watch.header?.(image, facts, at) ?? new HeaderTest(image, facts),
    rules,
    scan,
    states,
    plan: new BatchPlan(memory, flows, image, scan, states, inspectsStreams),
    inspectsStreams,
    streams: new StreamInspection(memory, pool, scan, chunks, count('detect.stream_history_lost')),
    queue: new AlertQueue(config.read(Options.PACKET_ALERT_MAX)),
    finalizer: finalizerOf(context, image, rules),
    ...(context.streamData && { streamData: context.streamData }),
    at,
    currentFlow: new CurrentFlow(states),
    tags,
    metadata: stores.metadata,
    unlogged: stores.unlogged,
    bypassing,
    guessesTransactions: config.read(Options.GUESS_TRANSACTION),
    maxGuesses: config.read(Options.TRANSACTION_LOGS),
    applications: applicationNumbers(thread, image),
    overflow: count('detect.alert_queue_overflow'),
    ...(watch.matched && { matched: watch.matched.bind(watch) }),
  };
}

function finalizerOf(
  { thread, stores, streamData, at }: ThreadContext,
  image: RuleSetImage,
  rules: Rules,
): AlertFinalizer {
  const { memory, config } = thread;
  const tag = (signature: number, toServer: boolean) => {
    at.toServer = toServer;
    allDone(rules.at(signature).tags, at);
  };
  const thresholds = new Thresholds(memory, stores.thresholds, stores.tracker, n => rules.at(n).signature);
  const alerts = new Alerts(thread, streamData, stores.metadata);
  return new AlertFinalizer(thread, image, config.read(engineMode) === 'ips', thresholds, alerts, tag);
}

function inspectTransactions(
  context: ThreadContext,
  layer: ApplicationLayer,
  { image, rules }: DetectionParts,
  detection: Detection,
): void {
  const { at } = context;
  const language = signatureLanguage();
  layer.useFrames(new Set(image.frames));
  const plan = new TransactionPlan(
    image,
    context.use(new Scan(context.transactionMatcher, image, context.importedTransactionDatabases)),
    context.scanMemory.bytes,
    language,
    { ...sharedEnvironment(context), variable: () => 0 },
    at,
    context.count('detect.buffer_truncated'),
    context.renumberings,
    context.states,
  );
  detection.useTransactions(
    layer,
    plan,
    evaluator => new TransactionInspection(image, rules, language, at, evaluator),
  );
  if (detection instanceof FirewallDetection) detection.useHooks(layer, language);
}

/** Index in the image of each application protocol, by its number in flow records (from 1). */
function applicationNumbers(thread: Thread, image: RuleSetImage): Int32Array {
  const names = applicationLayerOf(thread)?.protocols.map(protocol => protocol.name) ?? [];
  return Int32Array.from(['', ...names], name => image.applicationNames.indexOf(name));
}
