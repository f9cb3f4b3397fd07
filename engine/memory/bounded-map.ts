import { HiddenMap } from './hidden-map.js';

/** A map with a maximum size for keys that an attacker chooses: beyond it, the oldest entry is evicted. */
export class BoundedMap<K extends string | number, V> {
  private readonly entries = new HiddenMap<K, V>();

  constructor(
    private readonly most: number,
    private readonly onEvicted?: (value: V) => void,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    return this.entries.get(key);
  }

  /** A key that is set again counts as new. */
  set(key: K, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.most) return;
    const evicted = this.entries.takeOldest();
    this.onEvicted?.(evicted);
  }

  /** Removes the entry and returns its value. */
  take(key: K): V | undefined {
    return this.entries.take(key);
  }

  values(): IterableIterator<V> {
    return this.entries.values();
  }
}
