/** Memory that a large piece of work took and nobody uses any more goes back to the system. */
import { expect, test } from 'vitest';
import { giveBackSpentMemory } from '../../engine/cli/run/spent-memory.js';

/** Objects for about 60 MB, which are garbage when it returns. */
function work(): number {
  const made: { text: string }[] = [];
  for (let i = 0; i < 500_000; i++) made.push({ text: `rule ${i}` });
  return made.length;
}

test('the heap shrinks', () => {
  work();
  const before = process.memoryUsage().heapTotal;
  giveBackSpentMemory();
  expect(before - process.memoryUsage().heapTotal).toBeGreaterThan(10 << 20);
});

test('the collector stays out of reach of anyone else', () => {
  giveBackSpentMemory();
  expect('gc' in globalThis).toBe(false);
});
