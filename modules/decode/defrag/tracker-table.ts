/** All incomplete datagrams of a thread: found by hash, ordered by age, bounded in number. */
import { Tracker } from './tracker.js';

/** Fields in which a fragment must equal a tracker to belong to it. One object, reused for each fragment. */
export interface TrackerKey {
  hash: number;
  version: number;
  id: number;
  protocol: number;
  vlans: number;
  vlan2: number;
  recursion: number;
  /** Contains the source address followed by the destination address. */
  bytes: Uint8Array;
  addresses: number;
}

export class TrackerTable {
  private readonly buckets: (Tracker | undefined)[];
  private readonly mask: number;
  private readonly spare: Tracker[] = [];
  oldest: Tracker | undefined;
  private newest: Tracker | undefined;
  /** Number of trackers in use. */
  size = 0;

  constructor(
    hashSize: number,
    readonly capacity: number,
  ) {
    let size = 1;
    while (size < hashSize) size *= 2;
    this.buckets = new Array(size).fill(undefined);
    this.mask = size - 1;
  }

  find(key: TrackerKey): Tracker | undefined {
    let tracker = this.buckets[key.hash & this.mask];
    while (tracker && !isOf(tracker, key)) tracker = tracker.chain;
    return tracker;
  }

  /** Requires a free tracker: `size < capacity`. */
  add(key: TrackerKey): Tracker {
    const tracker = this.spare.pop() ?? new Tracker();
    const { bytes, addresses } = key;
    tracker.hash = key.hash;
    tracker.version = key.version;
    tracker.id = key.id;
    tracker.protocol = key.protocol;
    tracker.vlans = key.vlans;
    tracker.vlan2 = key.vlan2;
    tracker.recursion = key.recursion;
    for (let i = 0; i < 2 * addressLength(key.version); i++) tracker.addresses[i] = bytes[addresses + i]!;
    const bucket = key.hash & this.mask;
    tracker.chain = this.buckets[bucket];
    this.buckets[bucket] = tracker;
    this.append(tracker);
    this.size++;
    return tracker;
  }

  remove(tracker: Tracker): void {
    const bucket = tracker.hash & this.mask;
    if (this.buckets[bucket] === tracker) {
      this.buckets[bucket] = tracker.chain;
    } else {
      let before = this.buckets[bucket]!;
      while (before.chain !== tracker) before = before.chain!;
      before.chain = tracker.chain;
    }
    tracker.chain = undefined;
    this.unlink(tracker);
    tracker.clear();
    this.spare.push(tracker);
    this.size--;
  }

  /** Makes it the most recently used. */
  touch(tracker: Tracker): void {
    if (tracker === this.newest) return;
    this.unlink(tracker);
    this.append(tracker);
  }

  private append(tracker: Tracker): void {
    tracker.older = this.newest;
    tracker.newer = undefined;
    if (this.newest) this.newest.newer = tracker;
    else this.oldest = tracker;
    this.newest = tracker;
  }

  private unlink(tracker: Tracker): void {
    if (tracker.older) tracker.older.newer = tracker.newer;
    else this.oldest = tracker.newer;
    if (tracker.newer) tracker.newer.older = tracker.older;
    else this.newest = tracker.older;
    tracker.older = undefined;
    tracker.newer = undefined;
  }
}

function addressLength(version: number): number {
  return version === 4 ? 4 : 16;
}

function isOf(tracker: Tracker, key: TrackerKey): boolean {
  if (tracker.hash !== key.hash || tracker.id !== key.id || tracker.version !== key.version) return false;
  if (tracker.protocol !== key.protocol || tracker.vlans !== key.vlans) return false;
  if (tracker.vlan2 !== key.vlan2 || tracker.recursion !== key.recursion) return false;
  const { bytes, addresses } = key;
  for (let i = 0; i < 2 * addressLength(key.version); i++) {
    if (tracker.addresses[i] !== bytes[addresses + i]) return false;
  }
  return true;
}
