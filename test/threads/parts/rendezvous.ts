import { defineModule } from '../../../engine/module.js';

/** Waits until four threads are here at once: passes only if packets are processed at the same time. */
export default defineModule({
  summary: 'waits for three others',
  kind: 'stage',
  create: ({ shared, log }) => {
    const here = new Int32Array(shared.rendezvous as SharedArrayBuffer);
    let met = false;
    return {
      process(): void {
        if (met) return;
        met = true;
        Atomics.add(here, 0, 1);
        Atomics.notify(here, 0);
        for (let seen = Atomics.load(here, 0); seen < 4; seen = Atomics.load(here, 0)) {
          if (Atomics.wait(here, 0, seen, 10_000) === 'timed-out') {
            log.error('alone');
            return;
          }
        }
      },
    };
  },
});
