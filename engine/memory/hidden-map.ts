/**
 * A `Map` for keys that an attacker chooses: text hashes are seeded per process, number hashes are not, and colliding
 * numbers would degrade a plain map to a list.
 */
import { randomInt } from 'node:crypto';

const SEED = randomInt(2 ** 31);

/** Different keys stay different. @param key text, or a whole number ≥ 0 */
export function hiddenKey<K>(key: K): K | number {
  if (typeof key !== 'number') return key;
  return key <= 0xffffffff ? key ^ SEED : key + SEED;
}

/** Keys are text or whole numbers ≥ 0; entries keep the order in which they were set first. */
export class HiddenMap<K extends string | number, V> {
  private readonly entries = new Map<K | number, V>();

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    return this.entries.get(hiddenKey(key));
  }

  set(key: K, value: V): void {
    this.entries.set(hiddenKey(key), value);
  }

  delete(key: K): boolean {
    return this.entries.delete(hiddenKey(key));
  }

  /** Removes the entry and returns its value. */
  take(key: K): V | undefined {
    const hidden = hiddenKey(key);
    const value = this.entries.get(hidden);
    if (value !== undefined) this.entries.delete(hidden);
    return value;
  }

  /** Removes the oldest entry and returns its value: at least one must exist. */
  takeOldest(): V {
    const [oldest] = this.entries;
    this.entries.delete(oldest![0]);
    return oldest![1];
  }

  /** Removes entries from the oldest on until one is to be kept. */
  deleteOldestWhile(isOver: (value: V) => boolean): void {
    for (const [hidden, value] of this.entries) {
      if (!isOver(value)) return;
      this.entries.delete(hidden);
    }
  }

  deleteIf(isOver: (value: V) => boolean): void {
    for (const [hidden, value] of this.entries) if (isOver(value)) this.entries.delete(hidden);
  }

  values(): IterableIterator<V> {
    return this.entries.values();
  }

  clear(): void {
    this.entries.clear();
  }
}
