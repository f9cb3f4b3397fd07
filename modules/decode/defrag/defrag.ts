/**
 * Reassembles IPv4 and IPv6 fragments as their receiver would (policy by destination address), and decodes the
 * datagram as a packet of its own.
 *
 * It belongs to the decoders because fragments are found while decoding, at any tunnel depth, and a complete datagram
 * is decoded from its IP layer on. The packet of a datagram has the completing fragment as ROOT: that
 * fragment waits for its verdict (PENDING_VERDICTS), so inline the receiver never gets a complete datagram that
 * is dropped; earlier fragments wait with it (see `held-fragments.ts`).
 */
import type { Batch } from '../../../engine/batch.js';
import { ExceptionPolicy } from '../../../engine/exception-policy/applying.js';
import { TARGETS } from '../../../engine/exception-policy.js';
import * as Events from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import { type FragmentClass, fragmentClass, HostOsPolicy } from '../../../engine/stream/host-os-policy.js';
import { REASON_DEFRAG_MEMCAP } from '../../../engine/verdict.js';
import type { Decoding } from '../decoding.js';
import { Assembly } from './assembly.js';
import { type DefragCounters, declareDefragCounters } from './counters.js';
import { decodeDatagram, makeDatagram } from './datagram.js';
import { CurrentFragment, MAX_PAYLOAD } from './fragment.js';
import { HeldFragments } from './held-fragments.js';
import * as Linux from './linux.js';
import type { DefragSettings } from './options.js';
import { Store } from './store.js';
import { NO_END, type Tracker } from './tracker.js';

const IPV6_HEADER = 40;

export class Defrag {
  private readonly c: DefragCounters;
  private readonly values: Float64Array;
  private readonly store: Store;
  private readonly held: HeldFragments;
  private readonly assembly: Assembly;
  private readonly hosts: HostOsPolicy;
  private readonly memcapPolicy: ExceptionPolicy;
  private readonly fragment: CurrentFragment;

  constructor(
    private readonly d: Decoding,
    private readonly settings: DefragSettings,
  ) {
    const { thread } = d;
    this.c = declareDefragCounters(thread.counters);
    this.values = thread.counters.values;
    this.held = new HeldFragments(d, settings, this.c);
    this.store = new Store(d, settings, this.c, this.held);
    this.assembly = new Assembly(this.store.memory);
    this.hosts = new HostOsPolicy(thread.config);
    this.memcapPolicy = new ExceptionPolicy(thread, TARGETS.defragMemcap, REASON_DEFRAG_MEMCAP);
    this.fragment = new CurrentFragment(d);
  }

  /** A fragment with its IPv4 header at `at`; its part of the datagram is [headerEnd, packetEnd). */
  ipv4(p: number, at: number, headerEnd: number, packetEnd: number): void {
    this.values[this.c.fragments4]!++;
    this.fragment.readIpv4(p, at, headerEnd, packetEnd);
    this.add(this.fragment);
  }

  /** A fragment whose fragment header is at `at`, named by the byte at `namedAt`; the packet ends at `packetEnd`. */
  ipv6(p: number, namedAt: number, at: number, packetEnd: number): void {
    const { fragment } = this;
    this.values[this.c.fragments6]!++;
    fragment.readIpv6(p, namedAt, at, packetEnd);
    if (fragment.more && (fragment.end - fragment.start) & 7)
      this.d.event(p, Events.IPV6_FRAG_INVALID_LENGTH);
    this.add(fragment);
  }

  /** Expires trackers and held fragments. @param now seconds of packet time */
  expire(now: number): void {
    this.store.expire(now);
    this.held.expire(now);
  }

  /** Updates the memory gauges of the statistics. */
  updateMemoryGauge(): void {
    this.values[this.c.memuse] = this.store.memuse;
  }

  /**
   * Creates the packets that release held fragments.
   * @param number of the packet they follow  @param all release everything held: no more packets arrive
   * @returns false when slots ran out: call again
   */
  releaseHeld(number: number, all: boolean, batch: Batch): boolean {
    if (all) this.held.releaseAll();
    return this.held.emit(number, batch);
  }

  /** Memory of trackers, fragments and their data, in bytes. */
  get memuse(): number {
    return this.store.memuse;
  }

  private add(fragment: CurrentFragment): void {
    const { d, store } = this;
    if (this.isSimulatedMemcap(fragment)) {
      this.memcapPolicy.apply(fragment.p / Packet.INTS, -1);
      return;
    }
    const known = store.find(fragment);
    const policy = known?.policy ?? this.policyOf(fragment);
    if (fragment.tooLarge) {
      this.rejectTooLarge(known, policy);
      return;
    }
    // Empty fragments carry nothing, but they make Linux discard the datagram.
    if (fragment.end <= fragment.start && !(known && policy === 'linux-6')) return;
    const tracker = known ?? store.create(fragment, policy);
    store.touch(tracker, Packet.secondsOf(d.row, fragment.p));
    const added = policy === 'linux-6' ? this.insertAsLinux(tracker) : this.insert(tracker);
    if (!added) return;
    if (isComplete(tracker)) this.complete(tracker);
    else this.held.hold(tracker, fragment.p);
  }

  private policyOf(fragment: CurrentFragment): FragmentClass {
    return fragmentClass(this.hosts.policyOf(this.d.bytes, fragment.destination, fragment.key.version));
  }

  private rejectTooLarge(tracker: Tracker | undefined, policy: FragmentClass): void {
    this.event(Events.IPV4_FRAG_PKT_TOO_LARGE, Events.IPV6_FRAG_PKT_TOO_LARGE);
    // Measured: Linux discards the whole datagram for IPv4, and only the fragment for IPv6.
    if (tracker && policy === 'linux-6' && tracker.version === 4) this.store.remove(tracker);
  }

  /** @returns true when something was added */
  private insert(tracker: Tracker): boolean {
    const { start, end, more } = this.fragment;
    const overlaps = tracker.runs.overlaps(start, end);
    if (overlaps) this.event(Events.IPV4_FRAG_OVERLAP, Events.IPV6_FRAG_OVERLAP);
    if (!this.storeFragment(tracker, end)) return false;
    tracker.overlaps ||= overlaps;
    tracker.runs.join(start, end);
    if (!more && end < tracker.end) tracker.end = end;
    return true;
  }

  /** @returns true when something was added */
  private insertAsLinux(tracker: Tracker): boolean {
    const { start, more, ecn } = this.fragment;
    const length = Linux.usableLength(tracker.version, this.fragment.end - start, more);
    if (length < 0) return false;
    const end = start + length;
    if (tracker.runs.overlaps(start, end)) this.event(Events.IPV4_FRAG_OVERLAP, Events.IPV6_FRAG_OVERLAP);
    const decision = Linux.accept(tracker, start, end, more);
    if (decision === Linux.DROP) this.store.remove(tracker);
    // The receiver has not got the bytes of held fragments.
    if (decision === Linux.IGNORE) this.held.hold(tracker, this.fragment.p);
    if (decision !== Linux.STORE || !this.storeFragment(tracker, end)) return false;
    if (!more) tracker.end = end;
    tracker.ecn |= 1 << ecn;
    return true;
  }

  private storeFragment(tracker: Tracker, end: number): boolean {
    if (this.store.keep(tracker, this.fragment, end)) return true;
    this.event(Events.IPV4_FRAG_IGNORED, Events.IPV6_FRAG_IGNORED);
    this.memcapPolicy.apply(this.fragment.p / Packet.INTS, -1);
    return false;
  }

  private complete(tracker: Tracker): void {
    const { d, store } = this;
    // Decoding the datagram may meet fragments inside it, which change the current fragment.
    const { p } = this.fragment;
    const length = this.assembly.endOf(tracker);
    const slot = this.isAcceptable(tracker, length) ? this.make(tracker, p, length) : -1;
    this.held.complete(tracker, p);
    store.remove(tracker);
    if (slot >= 0) decodeDatagram(d, p, slot);
  }

  private isAcceptable(tracker: Tracker, length: number): boolean {
    if (tracker.policy === 'linux-6' && Linux.isBrokenEcn(tracker)) return false;
    const beforeIt = tracker.headerLength - tracker.network - (tracker.version === 6 ? IPV6_HEADER : 0);
    if (beforeIt + length <= MAX_PAYLOAD) return true;
    this.event(Events.IPV4_FRAG_PKT_TOO_LARGE, Events.IPV6_FRAG_PKT_TOO_LARGE);
    return false;
  }

  private make(tracker: Tracker, p: number, length: number): number {
    const { d } = this;
    const slot = makeDatagram(
      d,
      p,
      tracker,
      this.store.memory.view(tracker.header, tracker.headerLength),
      length,
    );
    if (slot < 0) {
      this.values[this.c.noRoom]!++;
      this.memcapPolicy.apply(p / Packet.INTS, -1);
      return -1;
    }
    this.values[tracker.version === 4 ? this.c.reassembled4 : this.c.reassembled6]!++;
    const data = d.row[slot * Packet.INTS + Packet.DATA]! + tracker.headerLength;
    this.assembly.write(tracker, d.bytes, data, length);
    return slot;
  }

  private isSimulatedMemcap(fragment: CurrentFragment): boolean {
    const { simulatedMemcap } = this.settings;
    return simulatedMemcap !== 0 && this.d.row[fragment.p + Packet.NUMBER] === simulatedMemcap;
  }

  private event(event4: number, event6: number): void {
    this.d.event(this.fragment.p, this.fragment.key.version === 4 ? event4 : event6);
  }
}

function isComplete(tracker: Tracker): boolean {
  return tracker.header >= 0 && tracker.end !== NO_END && tracker.runs.reach(tracker.end);
}
