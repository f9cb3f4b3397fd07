/** Counters of reassembly, under the names used in the statistics. */
import type { Counters } from '../../../engine/module.js';

export class ReassemblyCounters {
  private readonly values: Float64Array;
  private readonly gaps: number;
  private readonly overlaps: number;
  private readonly different: number;
  private readonly memcap: number;
  private readonly notInserted: number;
  private readonly depths: number;
  private readonly limits: number;
  private readonly lost: number;
  private readonly memuse: number;
  private readonly rewritten: number;

  constructor(counters: Counters) {
    this.values = counters.values;
    this.gaps = counters.declare('tcp.reassembly_gap');
    this.overlaps = counters.declare('tcp.overlap');
    this.different = counters.declare('tcp.overlap_diff_data');
    this.memcap = counters.declare('tcp.segment_memcap_drop');
    this.notInserted = counters.declare('tcp.insert_data_normal_fail');
    this.depths = counters.declare('tcp.stream_depth_reached');
    this.limits = counters.declare('tcp.out_of_order_limit');
    this.lost = counters.declare('tcp.stream_data_lost');
    this.rewritten = counters.declare('tcp.rewritten');
    this.memuse = counters.declare('tcp.reassembly_memuse');
  }

  gap(): void {
    this.values[this.gaps]!++;
  }

  overlap(): void {
    this.values[this.overlaps]!++;
  }

  overlapDifferent(): void {
    this.values[this.different]!++;
  }

  /** A segment was not stored because the memcap is reached. */
  memcapDrop(): void {
    this.values[this.memcap]!++;
  }

  /** A segment was too far from the stream's data to belong to it. */
  insertFail(): void {
    this.values[this.notInserted]!++;
  }

  depthReached(): void {
    this.values[this.depths]!++;
  }

  outOfOrderLimit(): void {
    this.values[this.limits]!++;
  }

  /** Bytes were not delivered because no packet was free to carry them. */
  dataLost(bytes: number): void {
    this.values[this.lost]! += bytes;
  }

  packetRewritten(): void {
    this.values[this.rewritten]!++;
  }

  memoryUse(bytes: number): void {
    this.values[this.memuse] = bytes;
  }
}
