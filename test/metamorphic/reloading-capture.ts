/**
 * Reads captures like the module pcap, and requests reloads between random packets: no packet is read during a reload.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Batch } from '../../engine/batch.js';
import { integer, option, texts } from '../../engine/config/option.js';
import { defineModule, type Thread, type ThreadModule } from '../../engine/module.js';
import { acquirePcap } from '../../modules/pcap/acquire.js';
import * as options from '../../modules/pcap/options.js';
import { type Random, randomNumbers, shuffled } from '../pseudo-random.js';

const SEED = option('metamorphic.seed', integer(0), 1, 'of what is random');
const MAX_INTERVAL = option(
  'metamorphic.max-interval',
  integer(1),
  10,
  'largest number of packets between two reloads',
);
const RULE_FILES = option('rule-files', texts, [], 'the rules');
/** A reload that takes longer ends the run. */
const RELOAD_TIMEOUT_MS = 120_000;

class ReloadingCapture implements ThreadModule {
  private readonly capture: ThreadModule;
  private readonly random: Random;
  private readonly file: string;
  private readonly rules: string[];
  private readonly maxInterval: number;
  private remaining: number;
  /** Time of the request; undefined if no reload is awaited. */
  private requestedAt: number | undefined;

  constructor(thread: Thread) {
    this.capture = acquirePcap(thread);
    this.random = randomNumbers(thread.config.read(SEED));
    this.file = thread.config.read(RULE_FILES)[0]!;
    this.rules = readFileSync(this.file, 'latin1').split('\n');
    this.maxInterval = thread.config.read(MAX_INTERVAL);
    this.remaining = 1 + this.random(this.maxInterval);
  }

  get finished(): boolean {
    return this.requestedAt === undefined && this.capture.finished === true;
  }

  get waited(): boolean {
    return this.requestedAt !== undefined;
  }

  process(batch: Batch): void {
    if (this.requestedAt !== undefined) this.waitForReload(this.requestedAt);
    else if (this.remaining-- > 0 || this.capture.finished) this.capture.process(batch);
    else this.requestReload();
  }

  reload(): void {
    this.requestedAt = undefined;
  }

  end(batch: Batch): void {
    this.capture.end?.(batch);
  }

  close(): void {
    this.capture.close?.();
  }

  private requestReload(): void {
    this.remaining = 1 + this.random(this.maxInterval);
    this.requestedAt = performance.now();
    writeFileSync(this.file, this.changedRules().join('\n'), 'latin1');
    process.kill(process.pid, 'SIGUSR2');
  }

  /** The same rules in another order, among some that match nothing. */
  private changedRules(): string[] {
    const additional = Array.from(
      { length: this.random(20) },
      (_, i) =>
        `alert udp any any -> any any (content:"never ${this.random(1e6)} seen"; sid:${2_000_000_000 + i};)`,
    );
    return shuffled([...this.rules, ...additional], this.random);
  }

  private waitForReload(requestedAt: number): void {
    if (performance.now() - requestedAt > RELOAD_TIMEOUT_MS) throw new Error('rules were not reloaded');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}

export default defineModule({
  summary: 'reads packets from capture files, and reloads rules between them',
  kind: 'acquire',
  options: [...Object.values(options), SEED, MAX_INTERVAL],
  create: thread => new ReloadingCapture(thread),
});
