import { defineModule } from '../../../engine/module.js';

/** The second thread of the group does nothing until the first has had 3,000 packets. */
export default defineModule({
  summary: 'slow in the second thread',
  kind: 'stage',
  create: ({ index, shared }) => {
    const handled = new Int32Array(shared.gate as SharedArrayBuffer, 0, 1);
    return {
      process(batch): void {
        if (index === 0) {
          Atomics.add(handled, 0, batch.length);
          Atomics.notify(handled, 0);
          return;
        }
        for (let seen = Atomics.load(handled, 0); seen < 3000; seen = Atomics.load(handled, 0)) {
          if (Atomics.wait(handled, 0, seen, 20_000) === 'timed-out') return;
        }
      },
    };
  },
});
