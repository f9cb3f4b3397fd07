/** Trackers, fragments and their bytes, within the limits of the configuration. */

import * as Packet from '../../../engine/packet.js';
import type { FragmentClass } from '../../../engine/stream/host-os-policy.js';
import type { Decoding } from '../decoding.js';
import type { DefragCounters } from './counters.js';
import type { CurrentFragment } from './fragment.js';
import { FragmentMemory } from './fragment-memory.js';
import type { HeldFragments } from './held-fragments.js';
import type { DefragSettings } from './options.js';
import { Fragment, type Tracker } from './tracker.js';
import { TrackerTable } from './tracker-table.js';

/** Estimates for memory use: a tracker and a fragment without its bytes. */
const TRACKER_BYTES = 512;
const FRAGMENT_BYTES = 64;

export class Store {
  readonly memory: FragmentMemory;
  private readonly table: TrackerTable;
  private readonly spare: Fragment[] = [];
  private fragments = 0;
  private readonly values: Float64Array;

  constructor(
    private readonly d: Decoding,
    private readonly settings: DefragSettings,
    private readonly c: DefragCounters,
    private readonly held: HeldFragments,
  ) {
    this.memory = new FragmentMemory(settings.memcap);
    this.table = new TrackerTable(settings.hashSize, settings.trackers);
    this.values = d.thread.counters.values;
  }

  /** The tracker of a fragment; one that has timed out is discarded. */
  find(fragment: CurrentFragment): Tracker | undefined {
    const tracker = this.table.find(fragment.key);
    if (!tracker) return undefined;
    if (Packet.secondsOf(this.d.row, fragment.p) - tracker.lastSeconds <= tracker.timeout) return tracker;
    this.timeOut(tracker);
    return undefined;
  }

  /** A new tracker; when the table is full the oldest one is evicted. */
  create(fragment: CurrentFragment, policy: FragmentClass): Tracker {
    const { table, settings, d } = this;
    if (table.size >= table.capacity) {
      this.values[this.c.maxTrackersReached]!++;
      this.values[this.c.hardReuse]!++;
      this.remove(table.oldest!);
    }
    const tracker = table.add(fragment.key);
    const { version } = fragment.key;
    tracker.policy = policy;
    tracker.timeout =
      settings.hostTimeouts.lookup(d.bytes, fragment.destination, version) ?? settings.timeout;
    return tracker;
  }

  touch(tracker: Tracker, seconds: number): void {
    tracker.lastSeconds = seconds;
    this.table.touch(tracker);
  }

  /** Stores the bytes of a fragment up to `end`, and the header of the first. @returns false when a limit is reached */
  keep(tracker: Tracker, fragment: CurrentFragment, end: number): boolean {
    if (this.fragments >= this.settings.maxFragments) {
      this.values[this.c.maxFragsReached]!++;
      return false;
    }
    const length = end - fragment.start;
    const block = this.memory.allocate(length);
    if (block < 0) return false;
    if (!this.keepHeader(tracker, fragment)) {
      this.memory.release(block, length);
      return false;
    }
    this.memory.copyIn(block, this.d.bytes, fragment.dataAt, fragment.dataAt + length);
    this.append(tracker, block, fragment.start, end);
    return true;
  }

  private append(tracker: Tracker, block: number, start: number, end: number): void {
    const fragment = this.spare.pop() ?? new Fragment();
    fragment.block = block;
    fragment.start = start;
    fragment.end = end;
    if (tracker.lastFragment) tracker.lastFragment.next = fragment;
    else tracker.fragments = fragment;
    tracker.lastFragment = fragment;
    tracker.count++;
    this.fragments++;
  }

  private keepHeader(tracker: Tracker, fragment: CurrentFragment): boolean {
    if (fragment.start !== 0 || tracker.header >= 0) return true;
    const { row, bytes } = this.d;
    const { p } = fragment;
    const data = row[p + Packet.DATA]!;
    const length = fragment.headerEnd - data;
    const block = this.memory.allocate(length);
    if (block < 0) return false;
    this.memory.copyIn(block, bytes, data, fragment.headerEnd);
    tracker.header = block;
    tracker.headerLength = length;
    tracker.linkType = row[p + Packet.LINK_TYPE]!;
    tracker.network = row[p + Packet.L3]! - data;
    tracker.namedAt = fragment.namedAt - data;
    tracker.headerProtocol = fragment.protocol;
    tracker.ethernet = row[p + Packet.L2]! > 0 ? row[p + Packet.L2]! - data : -1;
    return true;
  }

  remove(tracker: Tracker): void {
    this.held.release(tracker, true);
    let fragment = tracker.fragments;
    while (fragment) {
      const { next } = fragment;
      this.memory.release(fragment.block, fragment.end - fragment.start);
      fragment.next = undefined;
      this.spare.push(fragment);
      this.fragments--;
      fragment = next;
    }
    if (tracker.header >= 0) this.memory.release(tracker.header, tracker.headerLength);
    this.table.remove(tracker);
  }

  /** Discards datagrams whose next fragment did not arrive in time. */
  expire(now: number): void {
    let tracker = this.table.oldest;
    while (tracker && now - tracker.lastSeconds > this.settings.shortestTimeout) {
      const { newer }: Tracker = tracker;
      if (now - tracker.lastSeconds > tracker.timeout) this.timeOut(tracker);
      tracker = newer;
    }
  }

  private timeOut(tracker: Tracker): void {
    this.values[tracker.version === 4 ? this.c.timeouts4 : this.c.timeouts6]!++;
    this.values[this.c.trackerTimeout]!++;
    this.remove(tracker);
  }

  /** Bytes in use, including the trackers and fragments themselves. */
  get memuse(): number {
    return this.memory.used + this.table.size * TRACKER_BYTES + this.fragments * FRAGMENT_BYTES;
  }
}
