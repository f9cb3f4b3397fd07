// A module that throws at a ping of an odd size, or never comes back from it.
const THROWS = 777;
const HANGS = 888;
const LENGTH = 1;
const ROW = 64;

export default {
  api: 1,
  summary: 'fails at packets of certain sizes',
  kind: 'stage',
  create: thread => ({
    process(batch) {
      for (let i = 0; i < batch.length; i++) {
        const length = thread.memory.row[batch.slots[i] * ROW + LENGTH];
        if (length === THROWS + 28) throw new Error('thrown for a test');
        if (length === HANGS + 28) for (;;);
      }
    },
  }),
};
