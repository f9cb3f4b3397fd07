/**
 * Replaces attacker-controlled keys of a `Map`: text hashes are seeded per process, number hashes are not, and
 * colliding numbers would degrade the map to a list.
 */
import { randomInt } from 'node:crypto';

const SEED = randomInt(2 ** 31);

/** Like `hiddenKey`, for whole numbers of any size. */
export function hiddenPosition(position: number): number {
  return position + SEED;
}

/** @param key text, or a number of 32 bits; different keys stay different */
export function hiddenKey<K>(key: K): K | number {
  return typeof key === 'number' ? key ^ SEED : key;
}
