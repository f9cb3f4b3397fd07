/**
 * What a key is kept under in a `Map`, where others choose it: the hash of text has a seed of its own in each process, that
 * of numbers has none, and numbers that collide made a list of the map.
 */
import { randomInt } from 'node:crypto';

const SEED = randomInt(2 ** 31);

/** As `hiddenKey`, for whole numbers of any size. */
export function hiddenPosition(position: number): number {
  return position + SEED;
}

/** @param key text, or a number of 32 bits; different keys stay different */
export function hiddenKey<K>(key: K): K | number {
  return typeof key === 'number' ? key ^ SEED : key;
}
