import { defineModule } from '../../../engine/module.js';

/** Blocks all packets until the test opens it (word 0); counts those that arrived (word 1). */
export default defineModule({
  summary: 'a consumer that does not start until told',
  kind: 'stage',
  create: ({ shared }) => {
    const gate = new Int32Array(shared.gate as SharedArrayBuffer);
    return {
      process(batch): void {
        Atomics.wait(gate, 0, 0, 20_000);
        Atomics.add(gate, 1, batch.length);
      },
    };
  },
});
