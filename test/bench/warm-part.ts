/**
 * The part of a run behind the first pass over the capture, when code is compiled and tables have reached their size.
 */
import type { Engine } from '../../engine/engine.js';

/** Interval for checking the progress of the run: short compared with a pass, long enough to cost nothing. */
const INTERVAL_MS = 50;

interface Moment {
  readonly packets: number;
  readonly bytes: number;
  readonly cpu: NodeJS.CpuUsage;
  readonly time: number;
}

export interface Part {
  readonly packets: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export class WarmPart {
  private readonly moments: Moment[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly engine: Engine) {
    this.timer = setInterval(() => this.moments.push(this.moment()), INTERVAL_MS);
  }

  /** @param passes over the capture in the whole run, which has ended */
  end(passes: number): Part {
    clearInterval(this.timer);
    const last = this.moment();
    const first = this.moments.find(({ packets }) => packets >= last.packets / passes) ?? last;
    const { user, system } = last.cpu;
    return {
      packets: last.packets - first.packets,
      bytes: last.bytes - first.bytes,
      seconds: (last.time - first.time) / 1000,
      cpuSeconds: (user + system - first.cpu.user - first.cpu.system) / 1e6,
    };
  }

  private moment(): Moment {
    const counters = this.engine.counters();
    return {
      packets: counters.get('decoder.pkts') ?? 0,
      bytes: counters.get('decoder.bytes') ?? 0,
      cpu: process.cpuUsage(),
      time: performance.now(),
    };
  }
}
