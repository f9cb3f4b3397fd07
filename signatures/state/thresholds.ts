/** Applies thresholds to alerts; the counts are shared by all threads. */

import type { Memory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import type { ThresholdMatch } from '../keywords/threshold.js';
import type { AddressSet } from '../signature.js';
import { tenantOf } from '../tenant-condition.js';
import type { Limited } from '../threshold-config.js';
import { nameHash, type SharedTable } from './shared-table.js';
import type { Track, Tracker } from './track.js';

/** The alert passes; it is suppressed with its action; it is suppressed, but its action is applied. */
export const PASSED = 0;
export const SUPPRESSED = 1;
export const SILENT = 2;

/**
 * Values of an entry: match count, time of the first match (seconds, nanoseconds), second in which a rate filter began.
 */
const COUNT = 0;
const SINCE = 1;
const FILTERED = 2;
const SINCE_NANOSECONDS = 3;

interface Threshold {
  readonly match: ThresholdMatch;
  readonly identity: readonly [number, number];
}

export class Thresholds {
  /** Action with which a rate filter replaces the signature's for the last check; '' keeps the signature's own. */
  newAction = '';
  /** Nanoseconds of the current packet's timestamp. */
  private nanoseconds = 0;
  private readonly bySignature = new Map<number, readonly Threshold[]>();

  constructor(
    private readonly memory: Memory,
    private readonly table: SharedTable,
    private readonly tracker: Tracker,
    private readonly signatureAt: (number: number) => Limited,
  ) {}

  /** @param signature its number @param p the packet's row */
  check(signature: number, p: number, toServer: boolean): number {
    this.newAction = '';
    let result = PASSED;
    for (const threshold of this.thresholdsOf(signature)) {
      const answer = this.apply(threshold, p, toServer);
      if (answer === SUPPRESSED) return SUPPRESSED;
      if (answer === SILENT) result = SILENT;
    }
    return result;
  }

  private thresholdsOf(signature: number): readonly Threshold[] {
    let list = this.bySignature.get(signature);
    if (!list) {
      const { gid, sid, conditions = [], thresholds } = this.signatureAt(signature);
      const tenant = tenantOf(conditions) ?? '';
      list = thresholds.map((match, i) => ({
        match: match as ThresholdMatch,
        identity: nameHash(`${gid}:${sid}:${i}:${tenant}`),
      }));
      this.bySignature.set(signature, list);
    }
    return list;
  }

  private apply({ match, identity }: Threshold, p: number, toServer: boolean): number {
    if (match.type === 'suppress') return this.isSuppressed(match, p, toServer) ? SILENT : PASSED;
    const now = Packet.secondsOf(this.memory.row, p);
    this.nanoseconds = this.memory.row[p + Packet.NANOSECONDS]!;
    this.tracker.fill(this.table, identity, match.track as Track, p, toServer);
    return this.table.with(now, true, (ints, value, isNew) => this.count(match, ints, value, isNew, now));
  }

  private count(match: ThresholdMatch, ints: Int32Array, v: number, isNew: boolean, now: number): number {
    this.table.keepUntil(
      v,
      now + Math.max(match.seconds, match.timeout ?? 0, match.type === 'backoff' ? 86400 : 1),
    );
    const over = isNew || this.isFinished(match.seconds, ints, v, now);
    switch (match.type) {
      case 'backoff':
        return backoff(match, ints, v, isNew);
      case 'rate_filter':
        return this.rateFilter(match, ints, v, over, now);
      default:
        if (over) this.begin(ints, v, now);
        return counted(match, ints, v);
    }
  }

  /** A time window ends when more than that many seconds have passed since its first match. */
  private isFinished(seconds: number, ints: Int32Array, v: number, now: number): boolean {
    const beyond = now - (ints[v + SINCE]! >>> 0) - seconds;
    return beyond > 0 || (beyond === 0 && this.nanoseconds > ints[v + SINCE_NANOSECONDS]!);
  }

  /** A time window begins with the current match, which is not counted yet. */
  private begin(ints: Int32Array, v: number, now: number): void {
    ints[v + SINCE] = now;
    ints[v + SINCE_NANOSECONDS] = this.nanoseconds;
    ints[v + COUNT] = 0;
  }

  private rateFilter(match: ThresholdMatch, ints: Int32Array, v: number, over: boolean, now: number): number {
    const since = ints[v + FILTERED]! >>> 0;
    if (since !== 0 && now - since <= match.timeout!) {
      this.newAction = match.newAction!;
      return PASSED;
    }
    ints[v + FILTERED] = 0;
    if (over) this.begin(ints, v, now);
    if (++ints[v + COUNT]! > match.count) {
      ints[v + FILTERED] = now;
      this.newAction = match.newAction!;
    }
    return PASSED;
  }

  private isSuppressed({ addresses, track }: ThresholdMatch, p: number, toServer: boolean): boolean {
    if (!addresses || addresses.any) return true;
    const source = track !== 'by_dst' && this.holds(addresses, p, toServer, true);
    return source || (track !== 'by_src' && this.holds(addresses, p, toServer, false));
  }

  private holds(set: AddressSet, p: number, toServer: boolean, source: boolean): boolean {
    const address = this.tracker.addressOf(p, toServer, source);
    if (address === undefined) return false;
    if (this.memory.row[p + Packet.IP_VERSION] === 4) {
      const number = address[0]! >>> 0;
      return set.v4.some(([first, last]) => number >= first && number <= last);
    }
    const text = Array.from(address, part => (part >>> 0).toString(16).padStart(8, '0')).join('');
    return set.v6.some(([first, last]) => text >= first && text <= last);
  }
}

function counted({ type, count }: ThresholdMatch, ints: Int32Array, v: number): number {
  const now = ++ints[v + COUNT]!;
  switch (type) {
    case 'limit':
      return now <= count ? PASSED : SILENT;
    case 'threshold':
      if (now < count) return SUPPRESSED;
      ints[v + COUNT] = 0;
      return PASSED;
    case 'both':
      return now === count ? PASSED : now > count ? SILENT : SUPPRESSED;
    default:
      return now > count ? PASSED : SUPPRESSED;
  }
}

/** Alerts at count, then at count times the multiplier, and so on; a first match before the count does nothing. */
function backoff(match: ThresholdMatch, ints: Int32Array, v: number, isNew: boolean): number {
  if (isNew) ints[v + FILTERED] = match.count;
  if (++ints[v + COUNT]! < ints[v + FILTERED]!) return isNew ? SUPPRESSED : SILENT;
  ints[v + FILTERED] = Math.min(0x7fffffff, ints[v + FILTERED]! * match.multiplier!);
  return PASSED;
}
