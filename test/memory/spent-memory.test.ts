/** Memory of a large task is returned to the system afterwards. */
import { expect, test } from 'vitest';
import { releaseUnusedMemory } from '../../engine/cli/run/unused-memory.js';

/** Objects of about 60 MB. */
function work(): { text: string }[] {
  const made: { text: string }[] = [];
  for (let i = 0; i < 500_000; i++) made.push({ text: `rule ${i}` });
  return made;
}

test('the heap shrinks', () => {
  // Held until the heap is measured: how soon garbage is collected by itself differs between versions of Node.
  const held = { made: work() };
  const before = process.memoryUsage().heapTotal;
  held.made = [];
  releaseUnusedMemory();
  expect(before - process.memoryUsage().heapTotal).toBeGreaterThan(10 << 20);
});

test('the garbage collector function does not become global', () => {
  releaseUnusedMemory();
  expect('gc' in globalThis).toBe(false);
});
