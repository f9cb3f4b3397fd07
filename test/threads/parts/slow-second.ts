import { defineModule } from '../../../engine/module.js';

/** The second thread of the group takes a millisecond for each batch. */
export default defineModule({
  summary: 'slow in the second thread',
  kind: 'stage',
  create: ({ index }) => {
    const never = new Int32Array(new SharedArrayBuffer(4));
    return {
      process(): void {
        if (index === 1) Atomics.wait(never, 0, 0, 1);
      },
    };
  },
});
