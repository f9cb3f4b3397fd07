/**
 * How long packets waited for their verdict, as a histogram in shared memory: eight steps per power of two, so the
 * error is at most 12.5 %. Times are microseconds.
 */
import type { StatsTree } from '../../engine/stats-record.js';

const STEPS = 8;
/** Up to 2^26 µs, more than a minute. */
const BUCKETS = 26 * STEPS;
const MAXIMUM = BUCKETS;
const WORDS = BUCKETS + 1;

export class Latency {
  private readonly words: Uint32Array;

  constructor(readonly buffer: SharedArrayBuffer) {
    this.words = new Uint32Array(buffer);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(WORDS * 4);
  }

  /** Thread-safe: several threads may add at once. */
  add(microseconds: number): void {
    const time = microseconds > 0 ? microseconds : 0;
    Atomics.add(this.words, bucketOf(time), 1);
    if (time > this.words[MAXIMUM]!) this.words[MAXIMUM] = Math.min(time, 0xffffffff);
  }

  get count(): number {
    return this.words.subarray(0, BUCKETS).reduce((sum, packets) => sum + packets, 0);
  }

  get maximum(): number {
    return this.words[MAXIMUM]!;
  }

  /** The time that a share (0 … 1) of the packets did not exceed; 0 when there were none. */
  quantile(share: number): number {
    let left = Math.ceil(this.count * share);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.words[bucket]!;
      if (left <= 0) return Math.min(upperEdge(bucket), this.maximum);
    }
    return this.maximum;
  }

  /** For statistics. */
  tree(): StatsTree {
    return {
      packets: this.count,
      p50: this.quantile(0.5),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      max: this.maximum,
    };
  }

  /** Readable text. */
  text(): string {
    const [p50, p99, p999] = [0.5, 0.99, 0.999].map(share => this.quantile(share));
    return `p50 ${p50} µs, p99 ${p99} µs, p99.9 ${p999} µs, max ${this.maximum} µs`;
  }
}

function bucketOf(time: number): number {
  if (time < STEPS) return time | 0;
  const doubling = 31 - Math.clz32(Math.min(time, 0x7fffffff));
  return Math.min(BUCKETS - 1, (doubling - 2) * STEPS + ((time >> (doubling - 3)) & (STEPS - 1)));
}

function upperEdge(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const doubling = Math.floor(bucket / STEPS) + 2;
  return (((bucket % STEPS) + STEPS + 1) << (doubling - 3)) - 1;
}
