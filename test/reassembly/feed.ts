/** A reassembler fed by hand. */
import { Batch } from '../../engine/batch.js';
import * as Packet from '../../engine/packet.js';
import { Reassembler } from '../../modules/stream/reassembly/reassembler.js';
import { type StubOptions, type StubThread, stubThread } from '../thread-stub.js';

/** Data delivered of one direction. */
export class Received {
  text = '';
  readonly gaps: { offset: number; length: number }[] = [];
  flags = 0;
  pieces = 0;
}

export interface FeedSettings extends StubOptions {
  policy: number;
  inline?: boolean;
  /** Initial sequence number. */
  isn?: number;
  flow?: number;
}

/**
 * Feeds segments of one direction, and collects delivered data. Packets of a batch are kept until `endBatch`, as in the
 * engine: only then is the data read.
 */
export class Feed {
  readonly thread: StubThread;
  readonly reassembler: Reassembler;
  received = new Received();
  /** Payloads of the packets as they leave. */
  sent: string[] = [];
  /** Acts as an inline detector: the packet that completes this text, and all later ones, are dropped. */
  pattern = '';
  dropped = false;
  /** Packets that passed. */
  passed: { position: number; data: string }[] = [];
  /** Called for each packet at the end of its batch, while stream data is readable. */
  onPacket: ((slot: number) => void) | undefined;
  private batch = new Batch();
  private isn: number;
  private packets = 0;

  constructor(readonly settings: FeedSettings) {
    this.thread = stubThread(settings);
    this.reassembler = new Reassembler(this.thread);
    this.isn = settings.isn ?? 0;
    this.begin(this.isn);
  }

  /** Begins a direction. */
  begin(isn: number): void {
    const { policy, inline = false } = this.settings;
    this.isn = isn;
    this.received = new Received();
    this.sent = [];
    this.passed = [];
    this.dropped = false;
    this.reassembler.beginBatch();
    this.reassembler.open(this.flow, true, this.sequence(1), policy, inline);
  }

  /** The end of the flow. */
  end(): void {
    this.reassembler.free(this.flow);
    this.reassembler.beginBatch();
  }

  /**
   * A segment; sequence 1 is the first byte behind the SYN.
   * @param ends the direction, or the other one, ends with this packet
   * @returns the result of `segment`
   */
  segment(sequence: number, data: string, ends: { end?: boolean; endOther?: boolean } = {}): number {
    const slot = this.packet(data);
    this.thread.memory.row[slot * Packet.INTS + Packet.TCP_SEQ] = sequence - 1;
    const offset = this.thread.field(slot, Packet.PAYLOAD);
    this.batch.keep(slot);
    const { reassembler, batch, flow } = this;
    if (ends.endOther) reassembler.finish(batch, slot, flow, false, Packet.STREAM_END);
    const outcome = reassembler.segment(
      batch,
      slot,
      flow,
      true,
      this.sequence(sequence),
      offset,
      data.length,
    );
    if (ends.end) reassembler.finish(batch, slot, flow, true, Packet.STREAM_END);
    return outcome;
  }

  /** The receiver acknowledges everything below this sequence number. */
  acknowledge(sequence: number): void {
    const slot = this.packet('');
    this.batch.keep(slot);
    this.reassembler.acknowledged(this.batch, slot, this.flow, true, this.sequence(sequence));
  }

  finish(flags = Packet.STREAM_END): void {
    const slot = this.packet('');
    this.batch.keep(slot);
    this.reassembler.finish(this.batch, slot, this.flow, true, flags);
  }

  /** The end of the batch: collects the data of its packets. */
  endBatch(): void {
    this.batch.replace();
    for (let i = 0; i < this.batch.length; i++) this.gather(this.batch.slots[i]!);
    this.thread.releaseBatch(this.batch);
    this.reassembler.beginBatch();
  }

  private get flow(): number {
    return this.settings.flow ?? 0;
  }

  private sequence(relative: number): number {
    return (this.isn + relative) | 0;
  }

  private packet(data: string): number {
    const slot = this.thread.pool.take();
    if (slot < 0) throw new Error('no slot left: end the batch more often');
    const p = slot * Packet.INTS;
    const { row, bytes } = this.thread.memory;
    const offset = this.thread.pool.allocate(slot, data.length + 20);
    if (offset < 0) throw new Error('no room for a packet: end the batch more often');
    bytes.fill(0, offset, offset + 20);
    bytes.set(Buffer.from(data, 'latin1'), offset + 20);
    row[p + Packet.L4] = offset;
    row[p + Packet.PAYLOAD] = offset + 20;
    row[p + Packet.PAYLOAD_LENGTH] = data.length;
    row[p + Packet.FLOW] = this.flow;
    row[p + Packet.FLOW_STATE] = Packet.FLOW_TO_SERVER;
    row[p + Packet.NUMBER] = ++this.packets;
    return slot;
  }

  private gather(slot: number): void {
    this.onPacket?.(slot);
    this.gatherStream(slot);
    if (this.thread.field(slot, Packet.PAYLOAD_LENGTH) === 0) return;
    const data = this.thread.payload(slot);
    this.sent.push(data);
    if (this.pattern !== '' && this.received.text.includes(this.pattern)) this.dropped = true;
    if (!this.dropped) this.passed.push({ position: this.thread.field(slot, Packet.TCP_SEQ), data });
  }

  private gatherStream(slot: number): void {
    const { thread, received } = this;
    const flags = thread.field(slot, Packet.STREAM_FLAGS);
    const length = thread.field(slot, Packet.STREAM_LENGTH);
    const gap = thread.field(slot, Packet.STREAM_GAP);
    if (flags === 0 || (flags & Packet.STREAM_TO_SERVER) === 0) return;
    received.flags |= flags;
    if (gap > 0) {
      received.gaps.push({ offset: received.text.length, length: gap });
      received.text += '.'.repeat(gap);
    }
    const offset = thread.field(slot, Packet.STREAM_OFFSET) >>> 0;
    if (offset !== received.text.length)
      throw new Error(`data of ${offset} delivered at ${received.text.length}`);
    if (length === 0) return;
    received.pieces++;
    received.text += thread.text(thread.field(slot, Packet.STREAM_DATA) >>> 0, length);
  }
}
