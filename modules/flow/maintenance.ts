/**
 * Maintenance of the flow table between packets: finding flows that have timed out, and emergency mode.
 *
 * In emergency mode (few rows are free) the shorter timeouts apply, more rows are examined, and if that is not
 * enough, old flows are evicted before a packet needs their row: the row of an ended flow is free only after its
 * last packet has been returned to the pool.
 */
import { integer, option } from '../../engine/config/option.js';
import type { ExpiryPolicy } from '../../engine/flow/flow-expiry.js';
import type { Thread } from '../../engine/module.js';
import { expiry } from './expiry.js';
import { emergencyRecovery } from './options.js';
import type { FlowTable } from './table.js';

export const prealloc = option(
  'flow.prealloc',
  integer(0),
  10000,
  'flows that may be in use before the search for expired flows starts (see flow.expiry)',
);

/** Seconds in which all rows are examined once: more often would find nothing new. */
const ROUND_SECONDS = 8;
/** Maximum rows examined per batch, when idle, and per batch in emergency mode. */
const NORMAL_BUDGET = 128;
const IDLE_BUDGET = 4096;
const EMERGENCY_BUDGET = 2048;
/** A capture whose packets are not older than this many seconds is live traffic. */
const LIVE_WITHIN = 60;

export class FlowMaintenance {
  private readonly maxActive: number;
  private readonly reserve: number;
  private readonly recovered: number;
  private live: boolean | undefined;
  private sweptAt = 0;
  private credit = 0;

  constructor(
    thread: Thread,
    private readonly table: FlowTable,
    private readonly policy: ExpiryPolicy,
  ) {
    const wanted = thread.config.read(expiry);
    this.live = wanted === 'auto' ? undefined : wanted === 'eager';
    this.maxActive = Math.min(thread.config.read(prealloc), table.capacity / 2);
    this.reserve = Math.max(1, Math.ceil(table.capacity / 32));
    this.recovered = (table.capacity * thread.config.read(emergencyRecovery)) / 100;
  }

  /** @param packets number of packets that follow: each may begin a flow */
  beforeBatch(packets: number): void {
    const { table } = this;
    this.updateGauges();
    if (table.emergency) this.processEmergency(packets);
    else if (table.freeRows < this.reserve) this.enterEmergency(packets);
    else if (this.isEager() || table.active > this.maxActive) this.sweep();
  }

  /** Elapsed time gives credit; the work per batch is bounded nevertheless. */
  private sweep(): void {
    const { table } = this;
    const passed = Math.min(ROUND_SECONDS, Math.max(0, table.seconds - this.sweptAt));
    this.sweptAt = table.seconds;
    this.credit = Math.min(table.rows, this.credit + Math.ceil((table.rows * passed) / ROUND_SECONDS));
    const budget = Math.min(this.credit, NORMAL_BUDGET);
    if (budget === 0) return;
    this.credit -= budget;
    this.policy.sweep(table, budget);
  }

  whenIdle(): void {
    if (this.isEager()) {
      this.table.seconds = Math.max(this.table.seconds, Math.floor(Date.now() / 1000));
      this.policy.sweep(this.table, IDLE_BUDGET);
    }
  }

  /**
   * Live traffic: flows end on time. In a replay the wall clock is meaningless, and a short capture soon ends itself.
   */
  private isEager(): boolean {
    if (this.live === undefined && this.table.seconds > 0) {
      this.live = Math.abs(Date.now() / 1000 - this.table.seconds) < LIVE_WITHIN;
    }
    return this.live === true;
  }

  private enterEmergency(packets: number): void {
    const { table } = this;
    table.emergency = true;
    table.timeouts.emergency = true;
    table.counters.add(table.counters.emergencyEntered);
    this.processEmergency(packets);
  }

  private processEmergency(packets: number): void {
    const { table } = this;
    this.policy.sweep(table, EMERGENCY_BUDGET);
    const coming = table.freeRows + table.flowEnds.length;
    for (let n = Math.min(packets, this.reserve - coming); n > 0; n--) this.evictOne();
    if (table.freeRows < this.recovered) return;
    table.emergency = false;
    table.timeouts.emergency = false;
    table.counters.add(table.counters.emergencyOver);
  }

  /** The policy selects the flow to evict, or leaves it to the table. */
  private evictOne(): void {
    const { policy, table } = this;
    const row = policy.victim?.(table) ?? -1;
    if (row >= 0 && table.isLive(row)) table.end(row);
    else table.evict();
  }

  private updateGauges(): void {
    const { table } = this;
    const { counters } = table;
    counters.values[counters.spare] = table.freeRows;
    counters.values[counters.memuse] = table.memuse;
  }
}
