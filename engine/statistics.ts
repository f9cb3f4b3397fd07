/**
 * When statistics are written: every `stats.interval` seconds and at the end, through the outputs that request them.
 */
import type { Config } from './config/config.js';
import { boolean, integer, option } from './config/option.js';
import { type Statistics, type StatsLog, statsTree } from './stats-record.js';

const enabled = option('stats.enabled', boolean, true, 'enable statistics');
const interval = option('stats.interval', integer(1, 86_400), 8, 'seconds between two statistics records');

export const statisticsOptions = [enabled, interval];

export class StatisticsWriter {
  private readonly logs: readonly StatsLog[];
  private readonly intervalMs: number;
  private next = 0;

  /**
   * @param write appends lines to the log file of this name
   * @param started when the engine started, milliseconds since the epoch
   */
  constructor(
    config: Config,
    logs: readonly StatsLog[],
    private readonly write: (file: string, lines: Uint8Array) => void,
    private readonly started: number,
  ) {
    this.logs = config.read(enabled) ? logs : [];
    this.intervalMs = config.read(interval) * 1000;
    this.begin(started);
  }

  /** The first interval begins now, with the first packets: threads may have taken long to start. */
  begin(now: number): void {
    this.next = now + this.intervalMs;
  }

  /**
   * Writes statistics when due. @param now milliseconds since the epoch  @param take returns the values, called only
   * then
   */
  tick(now: number, take: () => Omit<Statistics, 'uptimeSeconds'>): void {
    // If the clock was set back, do not wait until it catches up.
    if (now < this.next && this.next - now <= this.intervalMs) return;
    this.next += Math.ceil((now - this.next + 1) / this.intervalMs) * this.intervalMs;
    this.writeNow(now, take);
  }

  /** Writes now. */
  writeNow(now: number, take: () => Omit<Statistics, 'uptimeSeconds'>): void {
    if (this.logs.length === 0) return;
    const uptimeSeconds = Math.max(0, Math.floor((now - this.started) / 1000));
    const tree = statsTree({ ...take(), uptimeSeconds });
    const seconds = Math.floor(now / 1000);
    for (const log of this.logs) {
      const lines = log.lines(tree, seconds, (now - seconds * 1000) * 1e6);
      if (lines.length > 0) this.write(log.file, lines);
    }
  }

  close(): void {
    for (const log of this.logs) log.close?.();
  }
}
