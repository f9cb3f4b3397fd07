import type { Batch } from '../../../engine/batch.js';
import { addEvent, EVENT_OTHER } from '../../../engine/event.js';
import { defineModule } from '../../../engine/module.js';

/** Ten events behind each packet, as made by many matching rules. */
export default defineModule({
  summary: 'makes events',
  kind: 'stage',
  create: thread => ({
    process(batch: Batch): void {
      for (let i = 0; i < batch.length; i++) {
        const slot = batch.slots[i]!;
        batch.keep(slot);
        for (let n = 0; n < 10; n++) addEvent(thread, batch, EVENT_OTHER, slot, '');
      }
      batch.replace();
    },
  }),
});
