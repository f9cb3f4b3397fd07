/** Memory of a large task is returned to the system afterwards. */
import { expect, test } from 'vitest';
import { releaseUnusedMemory } from '../../engine/cli/run/unused-memory.js';

/** Objects of about 60 MB, which are garbage when it returns. */
function work(): number {
  const made: { text: string }[] = [];
  for (let i = 0; i < 500_000; i++) made.push({ text: `rule ${i}` });
  return made.length;
}

test('the heap shrinks', () => {
  work();
  const before = process.memoryUsage().heapTotal;
  releaseUnusedMemory();
  expect(before - process.memoryUsage().heapTotal).toBeGreaterThan(10 << 20);
});

test('the garbage collector function does not become global', () => {
  releaseUnusedMemory();
  expect('gc' in globalThis).toBe(false);
});
