import { describe, expect, it } from 'vitest';
import { Batch } from '../../engine/batch.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import { Doorbell } from '../../engine/queue/doorbell.js';
import { Ring } from '../../engine/queue/ring.js';
import { Inlets } from '../../engine/thread/inlets.js';

/** Two producers, the numbers they have passed on, and a consumer that restores the order. */
function twoProducers(promisedSoFar: number) {
  const memory = openMemory(allocateMemory(64, 64));
  const bells = Doorbell.allocate(1);
  const rings = [new Ring(Ring.allocate(16)), new Ring(Ring.allocate(16))];
  const inlets = new Inlets(
    memory,
    rings.map(ring => ({ ring, producer: new Doorbell(bells, 0) })),
    true,
  );
  let slot = 0;
  for (const ring of rings) ring.publishWatermark(promisedSoFar | 0);
  return {
    rings,
    inlets,
    push(producer: number, ...numbers: number[]) {
      for (const number of numbers) {
        memory.row[++slot * Packet.INTS + Packet.NUMBER] = number;
        rings[producer]!.push(slot);
      }
      rings[producer]!.publish();
      rings[producer]!.publishWatermark(numbers.at(-1)! | 0);
    },
    taken(): number[] {
      const batch = new Batch();
      inlets.receive(batch, 100);
      const slots = [...batch.slots.subarray(0, batch.length)];
      return slots.map(taken => memory.row[taken * Packet.INTS + Packet.NUMBER]! >>> 0);
    },
  };
}

const OVER = 2 ** 32;

describe('packets of several producers, in order', () => {
  it.each([
    ['small numbers', 100],
    ['at the wrap of signed numbers', 2 ** 31],
    ['at the wrap of numbers', OVER],
  ])('%s', (_, middle) => {
    const { push, taken, inlets } = twoProducers(middle - 10);
    const order = (...numbers: number[]) => numbers.map(number => (middle + number) % OVER);
    push(0, middle - 3, middle - 1, middle + 2);
    expect(taken()).toEqual([]);
    push(1, middle - 2, middle);
    expect(taken()).toEqual(order(-3, -2, -1, 0));
    push(1, middle + 1);
    expect(taken()).toEqual(order(1));
    push(1, middle + 5);
    expect(taken()).toEqual(order(2));
    expect(inlets.watermark() >>> 0).toBe(order(2)[0]);
  });

  it('a closed producer is not waited for', () => {
    const { push, taken, rings, inlets } = twoProducers(0);
    push(0, 1, 2);
    expect(taken()).toEqual([]);
    rings[1]!.close();
    expect(taken()).toEqual([1, 2]);
    rings[0]!.close();
    expect(inlets.finished()).toBe(true);
    expect(inlets.watermark()).toBe(2);
  });
});
