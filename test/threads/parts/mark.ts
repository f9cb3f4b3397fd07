import type { Batch } from '../../../engine/batch.js';
import { defineModule } from '../../../engine/module.js';
import * as Packet from '../../../engine/packet.js';

/** Doubles MARK and adds one: twice in a row gives 3, which shows order and number of modules. */
export default defineModule({
  summary: 'marks packets',
  kind: 'stage',
  create: ({ memory: { row } }) => ({
    process(batch: Batch): void {
      for (let i = 0; i < batch.length; i++) {
        const at = batch.slots[i]! * Packet.INTS + Packet.MARK;
        row[at] = row[at]! * 2 + 1;
      }
    },
  }),
});
