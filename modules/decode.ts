/**
 * Decodes packets: fills their rows from the link layer to the transport layer, creates packets for the contents of
 * tunnels and for reassembled datagrams, and records anomalies as events.
 */
import type { Batch } from '../engine/batch.js';
import { reportingOnce } from '../engine/flow/flow-share.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import { eventCounterOptions } from '../engine/packet/event-counters.js';
import * as Packet from '../engine/packet.js';
import { Checksums } from './decode/checksums.js';
import * as Count from './decode/counters.js';
import { Decoding } from './decode/decoding.js';
import { Defrag } from './decode/defrag/defrag.js';
import { options as defragOptions, readSettings as readDefragSettings } from './decode/defrag/options.js';
import { decodeLinkLayer } from './decode/link-layer.js';
import { checkPorts, options, readSettings } from './decode/options.js';
import { type OwnPackets, ownPackets } from './decode/own-packets.js';

/** Packets whose time is within this many seconds of the clock's are live traffic. */
const LIVE_WITHIN = 300;

export default defineModule({
  summary: 'decodes packet headers and tunnels, and reassembles fragments',
  kind: 'stage',
  options: [...options, ...defragOptions, ...eventCounterOptions],
  check: checkPorts,
  create: thread => new Decode(reportingOnce(thread), ownPackets(thread)),
});

/** Seconds since the epoch that are later than any packet's time. */
const END_OF_TIME = 2 ** 31 - 1;

class Decode implements ThreadModule {
  private readonly d: Decoding;
  private readonly checksums: Checksums;
  private now = 0;
  /** Number of the last packet. */
  private number = 0;

  constructor(
    private readonly thread: Thread,
    /** Set when this thread also sees packets of other threads' flows. */
    private readonly own: OwnPackets | undefined,
  ) {
    const settings = readSettings(thread.config);
    this.d = new Decoding(thread, settings, batch => this.finish(batch));
    this.d.defrag = new Defrag(this.d, readDefragSettings(thread.config));
    this.checksums = new Checksums(this.d, settings.checksums);
  }

  process(batch: Batch): void {
    const { d } = this;
    d.batch = batch;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      if (d.row[slot * Packet.INTS + Packet.PSEUDO] === Packet.PSEUDO_NONE) this.decode(slot);
      batch.keep(slot);
      for (let made = 0; made < d.createdCount; made++) batch.keep(d.created[made]!);
      d.createdCount = 0;
    }
    batch.replace();
    d.batch = undefined;
    this.releaseFragments(batch);
    this.finish(batch);
    d.tally.flush();
    this.checksums.sample();
  }

  /** Fragments that no longer wait are passed on after the last packet. */
  private releaseFragments(batch: Batch): void {
    this.d.defrag.releaseHeld(this.number, false, batch);
    this.d.defrag.updateMemoryGauge();
  }

  /** Final steps before the following modules see the packets. */
  private finish(batch: Batch): void {
    this.countEvents(batch);
    this.own?.keepOwn(batch);
  }

  /** No packet arrived for a while. In a replay the wall clock is meaningless. */
  flush(batch: Batch): void {
    const clock = Math.floor(Date.now() / 1000);
    if (this.now === 0 || Math.abs(clock - this.now) > LIVE_WITHIN) return;
    this.d.defrag.expire(clock);
    this.releaseFragments(batch);
  }

  end(batch: Batch): void {
    while (!this.d.defrag.releaseHeld(this.number, true, batch)) this.thread.forward(batch);
  }

  /** Fragments of the previous capture are not completed by this one. */
  beginPart(): void {
    this.d.defrag.expire(END_OF_TIME);
    this.checksums.begin();
    this.number = 0;
  }

  private decode(slot: number): void {
    const { d } = this;
    const { row, counts } = d;
    const p = slot * Packet.INTS;
    const length = row[p + Packet.LENGTH]!;
    const at = row[p + Packet.DATA]!;
    counts[Count.PACKETS]!++;
    counts[Count.BYTES]! += length;
    if (length > d.tally.maxPacketLength) d.tally.maxPacketLength = length;
    this.advanceTime(Packet.secondsOf(row, p));
    this.number = row[p + Packet.NUMBER]!;
    d.layers = 0;
    d.countedAsInvalid = false;
    decodeLinkLayer(d, p, row[p + Packet.LINK_TYPE]!, at, at + length);
    if (d.countedAsInvalid || row[p + Packet.FLAGS]! & Packet.FLAG_INVALID) counts[Count.INVALID]!++;
  }

  /** Fragments that have waited too long expire before this packet, wherever in the batch it is. */
  private advanceTime(seconds: number): void {
    if (seconds === this.now) return;
    this.now = seconds;
    this.d.defrag.expire(seconds);
  }

  /** Counts each event once per packet that has it. */
  private countEvents(batch: Batch): void {
    const { row, tally } = this.d;
    let events = false;
    for (let i = 0; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      if (!(row[p + Packet.FLAGS]! & Packet.FLAG_HAS_EVENTS)) continue;
      events = true;
      for (let event = 0; event < tally.events.length; event++) {
        if (Packet.hasEvent(row, p, event)) tally.events[event]!++;
      }
    }
    if (events) tally.flushEvents();
  }
}
