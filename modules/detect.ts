/**
 * Detection: matches signatures against packets, streams and transactions, and decides on the result.
 *
 * The compiled rule set is passed to the thread (`shared.rules`, a `RuleSetImage`); without one every packet passes.
 */
import type { Batch } from '../engine/batch.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import type { RuleSetImage } from '../signatures/compile/image.js';
import { Anomalies } from './detect/anomalies.js';
import { ArpRecords } from './detect/arp-records.js';
import { type DetectThread, openDetection } from './detect/open-detection.js';
import { detectOptions } from './detect/options.js';

export default defineModule({
  summary: 'matches signatures against packets, streams and transactions',
  perFlow: true,
  kind: 'stage',
  after: ['decode'],
  options: detectOptions,
  create: thread => new Detect(thread),
});

class Detect implements ThreadModule {
  private detection: DetectThread | undefined;
  private readonly anomalies: Anomalies;
  private readonly arp: ArpRecords;

  constructor(private readonly thread: Thread) {
    this.anomalies = new Anomalies(thread);
    this.arp = new ArpRecords(thread);
    this.reload(thread.shared);
  }

  reload(shared: Readonly<Record<string, unknown>>): void {
    const image = shared['rules'] as RuleSetImage | undefined;
    if (!image) return;
    if (this.detection) this.detection.reload(image);
    else if (image.count > 0) this.detection = openDetection(this.thread, image);
  }

  process(batch: Batch): void {
    if (this.anomalies.wanted) this.anomalies.process(batch);
    if (this.arp.wanted) this.arp.process(batch);
    this.detection?.process(batch);
  }

  flush(): void {
    this.detection?.idle();
  }

  end(batch: Batch): void {
    if (batch.length > 0) this.process(batch);
  }

  close(): void {
    this.detection?.close();
  }
}
