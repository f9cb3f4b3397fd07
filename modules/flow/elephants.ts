/**
 * Elephant flows: those that carry many bytes one way within a short time. They are marked once, counted, and told in
 * the record of the flow. Off unless `flow.rate-tracking` says how much is much.
 */
import type { Config } from '../../engine/config/config.js';
import { duration, option, size } from '../../engine/config/option.js';
import * as FlowRecord from '../../engine/flow-record.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';

const bytes = option(
  'flow.rate-tracking.bytes',
  size,
  0,
  'bytes that a flow carries one way within the interval to be an elephant flow; 0: none is',
);
const interval = option('flow.rate-tracking.interval', duration, 10, 'seconds in which they are counted');

export const elephantOptions = [bytes, interval];

/** Longest interval that is counted second by second. */
const MOST_SECONDS = 3600;

/** What came in each second of the interval: to the server, then to the client. */
interface Rate {
  readonly sums: Float64Array;
  /** All of `sums`, of each direction. */
  readonly totals: [number, number];
  /** The last second that is counted. */
  second: number;
}

/** @returns undefined where no flow is an elephant */
export function elephantsOf(thread: Thread): Elephants | undefined {
  const { config, counters } = thread;
  const counter = counters.declare('flow.elephant');
  const most = config.read(bytes);
  return most === 0 ? undefined : new Elephants(thread, counter, most, secondsOf(config));
}

function secondsOf(config: Config): number {
  return Math.min(MOST_SECONDS, Math.max(1, config.read(interval)));
}

export class Elephants {
  /** Rates of flows by row, of those that are not marked yet. */
  private readonly rates = new Map<number, Rate>();
  constructor(
    private readonly thread: Thread,
    private readonly counter: number,
    private readonly most: number,
    private readonly seconds: number,
  ) {}

  /** Counts the packet at `p` of a flow. */
  note(p: number, flow: number, toServer: boolean): void {
    const { row } = this.thread.memory;
    const f = flow * FlowRecord.INTS;
    const flows = this.thread.flows.row;
    if (flows[f + FlowRecord.FLAGS]! & FlowRecord.FLAG_ELEPHANT) return;
    const rate = this.rateOf(flow, row[p + Packet.SECONDS]! >>> 0);
    const direction = toServer ? 0 : 1;
    const length = row[p + Packet.LENGTH]!;
    rate.sums[(rate.second % this.seconds) * 2 + direction]! += length;
    rate.totals[direction] += length;
    if (rate.totals[direction] < this.most) return;
    flows[f + FlowRecord.FLAGS]! |= FlowRecord.FLAG_ELEPHANT;
    this.thread.counters.values[this.counter]!++;
    this.forget(flow);
  }

  /** The flow is over. */
  forget(flow: number): void {
    this.rates.delete(flow);
  }

  private rateOf(flow: number, second: number): Rate {
    let rate = this.rates.get(flow);
    if (!rate) {
      rate = { sums: new Float64Array(this.seconds * 2), totals: [0, 0], second };
      this.rates.set(flow, rate);
    }
    this.advance(rate, second);
    return rate;
  }

  /** Seconds that lie before the interval are counted no more; time never goes back. */
  private advance(rate: Rate, second: number): void {
    const passed = Math.min(this.seconds, second - rate.second);
    for (let n = 1; n <= passed; n++) {
      const place = ((rate.second + n) % this.seconds) * 2;
      rate.totals[0] -= rate.sums[place]!;
      rate.totals[1] -= rate.sums[place + 1]!;
      rate.sums[place] = rate.sums[place + 1] = 0;
    }
    if (passed === this.seconds) {
      rate.sums.fill(0);
      rate.totals.fill(0);
    }
    rate.second = Math.max(rate.second, second);
  }
}
