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
import { AlertQueue } from './alert-queue.js';
import { Alerts } from './alerts.js';
import { BatchPlan } from './batch-plan.js';
import { Detection } from './detection.js';
import { type DetectionParts, Hand } from './detection-parts.js';
import { FirewallDetection } from './firewall/firewall-detection.js';
import { HeaderTest } from './header-test.js';
import { type DetectionWatch, type Home, layerOf, openHome } from './home.js';
import { environmentsFor, type SharedEnvironment } from './inspection.js';
import { Judgement } from './judgement.js';
import * as Options from './options.js';
import { allDone, Rules } from './rule.js';
import { Scan } from './scan.js';
import { StreamInspection } from './stream-inspection.js';
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
  const home = openHome(thread, image, watch);
  let inForce = image;
  let detection = detectionWith(home, image);
  const scannedBytes = thread.counters.declare('detect.scanned_bytes');
  return {
    process(batch) {
      detection.process(batch);
      home.stores.datasets.attend();
      thread.counters.values[scannedBytes] = home.scanned();
    },
    idle: () => home.stores.datasets.attend(),
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

function detectionWith(home: Home, image: RuleSetImage): Detection {
  const scan = home.use(new Scan(home.matcher, image, home.imported));
  home.states.leaveDatabases(scan.released);
  const rules = rulesOf(home, image);
  const parts = partsOf(home, image, scan, rules);
  const detection = detectionOf(home, image, parts);
  const layer = layerOf(home.thread);
  if (layer) inspectTransactions(home, layer, parts, detection);
  return detection;
}

function detectionOf(home: Home, { firewall, untracking }: RuleSetImage, parts: DetectionParts): Detection {
  if (firewall) return new FirewallDetection(parts, firewall, home.count('firewall.discarded_alerts'));
  offerFirewallHooks(home.thread, undefined);
  return untracking.length > 0 ? new UntrackingDetection(parts, untracking) : new Detection(parts);
}

function rulesOf(home: Home, image: RuleSetImage): Rules {
  const { thread, watch, stores, expressions } = home;
  // Those of the previous rules are no longer used.
  expressions.releaseAll();
  stores.lua.runner.releaseAll();
  const environment = environmentsFor(sharedEnvironment(home), watch.conditions?.bind(watch));
  return new Rules(image, signatureLanguage(), environment, message => thread.warnOnce(message));
}

/** Environment common to the conditions and transforms of all signatures. */
function sharedEnvironment({ thread, stores, expressions, count }: Home): SharedEnvironment {
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

function partsOf(home: Home, image: RuleSetImage, scan: Scan, rules: Rules): DetectionParts {
  const { thread, watch, pool, states, tags, bypassing, stores, at, facts, count } = home;
  const { config, memory, flows } = thread;
  const seesStreams = config.read(RAW_REASSEMBLY);
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
    plan: new BatchPlan(memory, flows, image, scan, states, seesStreams),
    seesStreams,
    streams: new StreamInspection(memory, pool, scan, chunks, count('detect.stream_history_lost')),
    queue: new AlertQueue(config.read(Options.PACKET_ALERT_MAX)),
    judgement: judgementOf(home, image, rules),
    ...(home.shown && { shown: home.shown }),
    at,
    hand: new Hand(states),
    tags,
    notes: stores.notes,
    unlogged: stores.unlogged,
    bypassing,
    guessesTransactions: config.read(Options.GUESS_TRANSACTION),
    mostGuesses: config.read(Options.TRANSACTION_LOGS),
    applications: applicationNumbers(thread, image),
    overflow: count('detect.alert_queue_overflow'),
    ...(watch.matched && { matched: watch.matched.bind(watch) }),
  };
}

function judgementOf({ thread, stores, shown, at }: Home, image: RuleSetImage, rules: Rules): Judgement {
  const { memory, config } = thread;
  const tag = (signature: number, toServer: boolean) => {
    at.toServer = toServer;
    allDone(rules.at(signature).tags, at);
  };
  const thresholds = new Thresholds(memory, stores.thresholds, stores.tracker, n => rules.at(n).signature);
  const alerts = new Alerts(thread, shown, stores.notes);
  return new Judgement(thread, image, config.read(engineMode) === 'ips', thresholds, alerts, tag);
}

function inspectTransactions(
  home: Home,
  layer: ApplicationLayer,
  { image, rules }: DetectionParts,
  detection: Detection,
): void {
  const { at } = home;
  const language = signatureLanguage();
  layer.useFrames(new Set(image.frames));
  const plan = new TransactionPlan(
    image,
    home.use(new Scan(home.roomMatcher, image, home.roomImported)),
    home.room.bytes,
    language,
    { ...sharedEnvironment(home), variable: () => 0 },
    at,
    home.count('detect.buffer_truncated'),
    home.renumberings,
    home.states,
  );
  detection.useTransactions(
    layer,
    plan,
    judge => new TransactionInspection(image, rules, language, at, judge),
  );
  if (detection instanceof FirewallDetection) detection.useHooks(layer, language);
}

/** Index in the image of each application protocol, by its number in flow records (from 1). */
function applicationNumbers(thread: Thread, image: RuleSetImage): Int32Array {
  const names = layerOf(thread)?.protocols.map(protocol => protocol.name) ?? [];
  return Int32Array.from(['', ...names], name => image.applicationNames.indexOf(name));
}
