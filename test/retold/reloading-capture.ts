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

const SEED = option('retold.seed', integer(0), 1, 'of what is random');
const MOST = option('retold.most', integer(1), 10, 'packets between two reloads at most');
const FILES = option('rule-files', texts, [], 'the rules');
/** A reload that takes longer ends the run. */
const LONGEST_MS = 120_000;

class ReloadingCapture implements ThreadModule {
  private readonly capture: ThreadModule;
  private readonly random: Random;
  private readonly file: string;
  private readonly rules: string[];
  private readonly most: number;
  private left: number;
  /** Time of the request; undefined if no reload is awaited. */
  private asked: number | undefined;

  constructor(thread: Thread) {
    this.capture = acquirePcap(thread);
    this.random = randomNumbers(thread.config.read(SEED));
    this.file = thread.config.read(FILES)[0]!;
    this.rules = readFileSync(this.file, 'latin1').split('\n');
    this.most = thread.config.read(MOST);
    this.left = 1 + this.random(this.most);
  }

  get finished(): boolean {
    return this.asked === undefined && this.capture.finished === true;
  }

  get waited(): boolean {
    return this.asked !== undefined;
  }

  process(batch: Batch): void {
    if (this.asked !== undefined) this.rest(this.asked);
    else if (this.left-- > 0 || this.capture.finished) this.capture.process(batch);
    else this.ask();
  }

  reload(): void {
    this.asked = undefined;
  }

  end(batch: Batch): void {
    this.capture.end?.(batch);
  }

  close(): void {
    this.capture.close?.();
  }

  private ask(): void {
    this.left = 1 + this.random(this.most);
    this.asked = performance.now();
    writeFileSync(this.file, this.others().join('\n'), 'latin1');
    process.kill(process.pid, 'SIGUSR2');
  }

  /** The same rules in another order, among some that match nothing. */
  private others(): string[] {
    const more = Array.from(
      { length: this.random(20) },
      (_, i) =>
        `alert udp any any -> any any (content:"never ${this.random(1e6)} seen"; sid:${2_000_000_000 + i};)`,
    );
    return shuffled([...this.rules, ...more], this.random);
  }

  private rest(asked: number): void {
    if (performance.now() - asked > LONGEST_MS) throw new Error('rules were not reloaded');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}

export default defineModule({
  summary: 'reads packets from capture files, and reloads rules between them',
  kind: 'acquire',
  options: [...Object.values(options), SEED, MOST],
  create: thread => new ReloadingCapture(thread),
});
