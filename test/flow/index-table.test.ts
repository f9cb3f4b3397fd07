import { describe, expect, it } from 'vitest';
import { IndexTable } from '../../modules/flow/index-table.js';
import { randomFractions } from '../pseudo-random.js';

describe('index table', () => {
  it('agrees with a Map over random insertions and removals, also with colliding hashes', () => {
    const next = randomFractions(7);
    const table = new IndexTable(16, 3);
    const model = new Map<number, number>();
    for (let step = 0; step < 20_000; step++) {
      const row = Math.floor(next() * 500);
      const mixed = table.mix(row % 50);
      if (model.has(row)) {
        expect(table.find(mixed, found => found === row)).toBe(row);
        if (next() < 0.7) {
          expect(table.remove(mixed, row)).toBe(true);
          model.delete(row);
        }
      } else {
        expect(table.find(mixed, found => found === row)).toBe(-1);
        expect(table.remove(mixed, row)).toBe(false);
        table.insert(mixed, row);
        model.set(row, mixed);
      }
    }
    expect(table.length).toBe(model.size);
  });
});
