/** Runs rules on a capture and measures the cost of each rule and of each of its keywords. */
import { HeaderTest } from '../../../modules/detect/header-test.js';
import type { PacketFacts } from '../../../modules/detect/packet-facts.js';
import { type RuleSetImage, type StoredSignature, signatureAt } from '../../../signatures/compile/image.js';
import type { Batch } from '../../batch.js';
import { EVENT_ALERT } from '../../event.js';
import type { Matcher } from '../../matcher.js';
import type { Memory } from '../../memory.js';
import * as Packet from '../../packet.js';
import {
  type CaptureOptions,
  compiled,
  inspectCapture,
  type LoadedRules,
  type Observer,
} from './capture-inspection.js';
import { ProfilingWatch, RuleCost } from './profiling-watch.js';
import { type Cell, costOfMeasuring, newCell, Stopwatch } from './stopwatch.js';

/** All times in milliseconds. */
export interface ProfiledRule {
  readonly gid: number;
  readonly sid: number;
  readonly rev: number;
  readonly msg: string;
  /** Number of times the rule was a candidate, its conditions were evaluated, all of them held, and it alerted. */
  readonly candidate: number;
  readonly checks: number;
  readonly matches: number;
  readonly alerts: number;
  readonly time: number;
  readonly keywords: readonly ProfiledKeyword[];
}

export interface ProfiledKeyword {
  readonly keyword: string;
  readonly checks: number;
  readonly time: number;
}

export interface Profile {
  readonly packets: number;
  /** Total time of detection, of the pattern search, of rules, and of everything else. */
  readonly total: number;
  readonly search: number;
  readonly evaluation: number;
  readonly other: number;
  /** Rules that were evaluated, most expensive first. */
  readonly rules: readonly ProfiledRule[];
  /** Over all rules, most expensive first. */
  readonly keywords: readonly ProfiledKeyword[];
  /** The capture reader encountered an error. */
  readonly damaged: boolean;
}

/** @throws UsageError when there is no such capture */
export async function profile(loaded: LoadedRules, options: CaptureOptions): Promise<Profile> {
  const image = compiled(loaded);
  let profiler: Profiler | undefined;
  const whole = await inspectCapture(image, loaded, options, thread => {
    profiler = new Profiler(image, thread.memory);
    return profiler;
  });
  return profiler!.profile(!whole);
}

/** Name of the header among the keywords of a rule. */
const HEADER = 'header';

class Profiler implements Observer {
  readonly watch;
  private readonly stopwatch = new Stopwatch();
  private readonly costs = new Map<number, RuleCost>();
  private readonly search = newCell();
  private readonly otherTime = newCell();
  private packets = 0;

  constructor(
    private readonly image: RuleSetImage,
    private readonly memory: Memory,
  ) {
    this.watch = {
      conditions: ({ index }: StoredSignature) => new ProfilingWatch(this.costOf(index), this.stopwatch),
      header: (all: RuleSetImage, facts: PacketFacts) =>
        new TimedHeader(all, facts, number => this.costOf(number), this.stopwatch),
      matcher: (matcher: Matcher) => timedMatcher(matcher, this.search, this.stopwatch),
      matched: (number: number) => {
        this.costOf(number).matches++;
      },
    };
  }

  before(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) {
      if (this.memory.row[batch.slots[i]! * Packet.INTS + Packet.PSEUDO] === Packet.PSEUDO_NONE)
        this.packets++;
    }
    this.stopwatch.enter(this.otherTime);
  }

  after(batch: Batch): void {
    this.stopwatch.leave();
    const { row } = this.memory;
    for (let i = 0; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      if (row[p + Packet.PSEUDO] === Packet.PSEUDO_EVENT && row[p + Packet.EVENT_KIND] === EVENT_ALERT)
        this.costOf(row[p + Packet.EVENT_SIGNATURE]!).alerts++;
    }
  }

  profile(damaged: boolean): Profile {
    const clock = costOfMeasuring();
    const timeOf = ({ time, calls }: Cell): number => Math.max(0, time - calls * clock);
    const rules = [...this.costs.values()].map(cost => this.ruleOf(cost, timeOf));
    rules.sort(byTime);
    const evaluation = rules.reduce((sum, rule) => sum + rule.time, 0);
    const [search, other] = [timeOf(this.search), timeOf(this.otherTime)];
    const total = search + evaluation + other;
    return {
      packets: this.packets,
      total,
      search,
      evaluation,
      other,
      rules,
      keywords: overAll(rules),
      damaged,
    };
  }

  private ruleOf(cost: RuleCost, timeOf: (cell: Cell) => number): ProfiledRule {
    const { gid, sid, rev, msg } = signatureAt(this.image, cost.number);
    const named: [string, Cell][] = [[HEADER, cost.header], ...cost.keywords];
    const keywords = named
      .map(([keyword, cell]) => ({ keyword, checks: cell.calls, time: timeOf(cell) }))
      .filter(({ checks }) => checks > 0)
      .sort(byTime);
    const time = keywords.reduce((sum, keyword) => sum + keyword.time, 0);
    const { checks, matches, alerts } = cost;
    return { gid, sid, rev, msg, candidate: cost.header.calls, checks, matches, alerts, time, keywords };
  }

  private costOf(number: number): RuleCost {
    let cost = this.costs.get(number);
    if (!cost) {
      cost = new RuleCost(number);
      this.costs.set(number, cost);
    }
    return cost;
  }
}

function byTime(one: { time: number }, other: { time: number }): number {
  return other.time - one.time;
}

function overAll(rules: readonly ProfiledRule[]): ProfiledKeyword[] {
  const all = new Map<string, { keyword: string; checks: number; time: number }>();
  for (const { keyword, checks, time } of rules.flatMap(rule => rule.keywords)) {
    const sum = all.get(keyword) ?? { keyword, checks: 0, time: 0 };
    all.set(keyword, { keyword, checks: sum.checks + checks, time: sum.time + time });
  }
  return [...all.values()].sort(byTime);
}

class TimedHeader extends HeaderTest {
  constructor(
    image: RuleSetImage,
    facts: PacketFacts,
    private readonly costOf: (number: number) => RuleCost,
    private readonly stopwatch: Stopwatch,
  ) {
    super(image, facts);
  }

  override holds(signature: number): boolean {
    const cost = this.costOf(signature);
    this.stopwatch.enter(cost.header);
    const holds = super.holds(signature);
    this.stopwatch.leave();
    if (holds) cost.checks++;
    return holds;
  }
}

/** Measures the scans of a matcher. */
function timedMatcher(matcher: Matcher, cell: Cell, stopwatch: Stopwatch): Matcher {
  const scan = matcher.scan.bind(matcher);
  matcher.scan = (jobs, count) => {
    stopwatch.enter(cell);
    const found = scan(jobs, count);
    stopwatch.leave();
    return found;
  };
  return matcher;
}
