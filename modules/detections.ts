/**
 * Runs detections written as code: each is a routine that reads the streams or transactions of a flow and
 * pauses in between, or functions called for packets and for the start and end of flows.
 *
 * What is prepared for all threads (`shared.detections`) is passed as text and evaluated in each; without any, packets
 * pass.
 */
import type { Batch } from '../engine/batch.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import { detectionsOf } from './detections/alert-limits.js';
import { detectionOptions } from './detections/options.js';
import { DetectionRun } from './detections/run.js';

export default defineModule({
  summary: 'runs detections written as code',
  kind: 'stage',
  perFlow: true,
  after: ['flow', 'stream', 'app', 'detect'],
  options: detectionOptions,
  create: thread => new DetectionModule(thread),
});

class DetectionModule implements ThreadModule {
  private run: DetectionRun | undefined;

  constructor(private readonly thread: Thread) {
    this.reload(thread.shared);
  }

  process(batch: Batch): void {
    this.run?.process(batch);
  }

  reload(shared: Readonly<Record<string, unknown>>): void {
    const detections = detectionsOf(shared);
    if (!this.run && detections.list.length === 0) return;
    this.run ??= new DetectionRun(this.thread);
    this.run.use(detections);
  }
}
