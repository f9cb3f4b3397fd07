import type { Batch } from '../../../engine/batch.js';
import { defineModule } from '../../../engine/module.js';

/** Keeps a packet and adds it to a later batch, when it no longer owns it. */
export default defineModule({
  summary: 'breaks the rule that a packet has one owner',
  kind: 'stage',
  create: () => {
    let kept = -1;
    let batches = 0;
    return {
      process(batch: Batch): void {
        if (kept < 0) kept = batch.slots[0]!;
        else if (++batches === 3) {
          // In place of another one, so that the count of packets stays right.
          batch.slots[0] = kept;
        }
      },
    };
  },
});
