/**
 * Elephant flows: those that carry many bytes in one direction within a short time. They are marked once, counted, and
 * reported in the flow record. Disabled unless `flow.rate-tracking` sets a limit.
 */
import { duration, option, size } from '../../engine/config/option.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';

const bytes = option(
  'flow.rate-tracking.bytes',
  size,
  0,
  'bytes in one direction within the interval that make a flow an elephant flow; 0: disabled',
);
const interval = option('flow.rate-tracking.interval', duration, 10, 'interval in seconds for these bytes');

export const elephantOptions = [bytes, interval];

/** An interval is counted in seconds, a longer one in this many slices. */
const MAX_SLICES = 60;

/** Bytes of each slice of the interval: to the server, then to the client. */
interface Rate {
  readonly sums: Float64Array;
  /** Total of `sums`, per direction. */
  readonly totals: [number, number];
  /** The last slice counted. */
  slice: number;
}

/** @returns undefined where rate tracking is disabled */
export function elephantsOf(thread: Thread): Elephants | undefined {
  const { config, counters } = thread;
  const counter = counters.declare('flow.elephant');
  const most = config.read(bytes);
  return most === 0 ? undefined : new Elephants(thread, counter, most, Math.max(1, config.read(interval)));
}

export class Elephants {
  /** Rates of flows that are not marked yet, by row. */
  private readonly rates = new Map<number, Rate>();
  /** Seconds per slice, and slices per interval. */
  private readonly seconds: number;
  private readonly slices: number;

  /** @param interval seconds */
  constructor(
    private readonly thread: Thread,
    private readonly counter: number,
    private readonly most: number,
    interval: number,
  ) {
    this.seconds = Math.ceil(interval / MAX_SLICES);
    this.slices = Math.ceil(interval / this.seconds);
  }

  /** Counts the packet at `p` for its flow. */
  note(p: number, flow: number, toServer: boolean): void {
    const { row } = this.thread.memory;
    const f = flow * FlowRecord.INTS;
    const flows = this.thread.flows.row;
    if (flows[f + FlowRecord.FLAGS]! & FlowRecord.FLAG_ELEPHANT) return;
    const rate = this.rateOf(flow, Math.floor(Packet.secondsOf(row, p) / this.seconds));
    const direction = toServer ? 0 : 1;
    const length = row[p + Packet.LENGTH]!;
    rate.sums[(rate.slice % this.slices) * 2 + direction]! += length;
    rate.totals[direction] += length;
    if (rate.totals[direction] < this.most) return;
    flows[f + FlowRecord.FLAGS]! |= FlowRecord.FLAG_ELEPHANT;
    this.thread.counters.values[this.counter]!++;
    this.forget(flow);
  }

  /** Client and server of the flow were exchanged. */
  swap(flow: number): void {
    const rate = this.rates.get(flow);
    if (!rate) return;
    rate.totals.reverse();
    for (let i = 0; i < rate.sums.length; i += 2) rate.sums.subarray(i, i + 2).reverse();
  }

  /** The flow has ended. */
  forget(flow: number): void {
    this.rates.delete(flow);
  }

  private rateOf(flow: number, slice: number): Rate {
    let rate = this.rates.get(flow);
    if (!rate) {
      rate = { sums: new Float64Array(this.slices * 2), totals: [0, 0], slice };
      this.rates.set(flow, rate);
    }
    this.advance(rate, slice);
    return rate;
  }

  /** Slices before the interval are no longer counted; time never goes back. */
  private advance(rate: Rate, slice: number): void {
    const passed = slice - rate.slice;
    if (passed <= 0) return;
    if (passed >= this.slices) {
      rate.sums.fill(0);
      rate.totals.fill(0);
    } else for (let n = 1; n <= passed; n++) this.leave(rate, (rate.slice + n) % this.slices);
    rate.slice = slice;
  }

  private leave({ sums, totals }: Rate, place: number): void {
    for (const direction of [0, 1] as const) {
      totals[direction] -= sums[place * 2 + direction]!;
      sums[place * 2 + direction] = 0;
    }
  }
}
