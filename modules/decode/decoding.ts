/**
 * The state shared by all decoders of a thread. A decoder is a function
 * `(d: Decoding, p: number, at: number, end: number): boolean`: it reads `bytes[at, end)`, fills the row at
 * `p` and returns whether its layer was valid. None allocates, and none reads beyond `end`.
 */
import { Batch } from '../../engine/batch.js';
import type { Thread } from '../../engine/module.js';
import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import { Tally, TOO_MANY_LAYERS } from './counters.js';
import type { Defrag } from './defrag/defrag.js';
import type { DecodeSettings } from './options.js';

export class Decoding {
  readonly bytes: Uint8Array;
  readonly row: Int32Array;
  readonly tally: Tally;
  /** Counts of the tally. */
  readonly counts: Float64Array;
  readonly seed: number;
  readonly maxLayers: number;
  readonly recursionTracking: boolean;
  readonly vlanTracking: boolean;
  readonly udpTunnels: Uint8Array;
  readonly vntag: boolean;
  readonly erspanOne: boolean;
  /** Whether TCP checksums are currently verified. */
  checksums: boolean;
  /** Layers of the current packet so far. */
  layers = 0;
  /** The current received packet is counted as invalid although it is used. */
  countedAsInvalid = false;
  /** Packets created from the current one: inner packets, reassembled datagrams; they follow it. */
  readonly created = new Int32Array(64);
  createdCount = 0;
  /** The current batch: finished packets are passed on early when there are no slots left. */
  batch: Batch | undefined;
  readonly done = new Batch();
  defrag!: Defrag;

  constructor(
    readonly thread: Thread,
    settings: DecodeSettings,
    /** Called with packets that are passed on before the rest of their batch. */
    readonly finish: (batch: Batch) => void,
  ) {
    this.bytes = thread.memory.bytes;
    this.row = thread.memory.row;
    this.tally = new Tally(thread);
    this.counts = this.tally.counts;
    this.seed = thread.seed | 0;
    this.maxLayers = settings.maxLayers;
    this.recursionTracking = settings.recursionTracking;
    this.vlanTracking = settings.vlanTracking;
    this.udpTunnels = settings.udpTunnels;
    this.vntag = settings.vntag;
    this.erspanOne = settings.erspanOne;
    this.checksums = settings.checksums !== 'no';
  }

  /** Sets an event for an anomaly that does not stop decoding. @returns true */
  event(p: number, event: number): boolean {
    Packet.setEvent(this.row, p, event);
    return true;
  }

  /** Sets the event for what makes the rest of the packet undecodable. @returns false */
  invalid(p: number, event: number): boolean {
    Packet.setEvent(this.row, p, event);
    this.row[p + Packet.FLAGS]! |= Packet.FLAG_INVALID;
    return false;
  }

  /**
   * Sets the event for what makes the packet invalid in the statistics but acceptable for receivers, such as a bad
   * option: it is still decoded and used. @returns false
   */
  countAsInvalid(p: number, event: number): boolean {
    Packet.setEvent(this.row, p, event);
    this.countedAsInvalid = true;
    return false;
  }

  /** Counts one more layer. @returns false when there are too many: decoding stops */
  addLayer(p: number): boolean {
    if (++this.layers < this.maxLayers) return true;
    if (this.layers === this.maxLayers) this.counts[TOO_MANY_LAYERS]!++;
    return this.invalid(p, Events.TOO_MANY_LAYERS);
  }

  /** A big-endian 16-bit number. */
  u16(at: number): number {
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  /** Four bytes as a signed big-endian 32-bit number. */
  i32(at: number): number {
    const { bytes } = this;
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
}
