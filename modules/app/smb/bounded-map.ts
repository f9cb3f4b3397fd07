import { hiddenKey } from '../../../engine/memory/hidden-key.js';

/** A map with a maximum size: beyond it, the oldest entry is evicted. */
export class BoundedMap<K, V> {
  private readonly entries = new Map<K | number, V>();

  constructor(
    private readonly most: number,
    private readonly forgotten?: (value: V) => void,
  ) {}

  get(key: K): V | undefined {
    return this.entries.get(hiddenKey(key));
  }

  set(key: K, value: V): void {
    const hidden = hiddenKey(key);
    this.entries.delete(hidden);
    this.entries.set(hidden, value);
    if (this.entries.size <= this.most) return;
    const [oldest] = this.entries;
    this.entries.delete(oldest![0]);
    this.forgotten?.(oldest![1]);
  }

  /** Removes the entry and returns its value. */
  take(key: K): V | undefined {
    const hidden = hiddenKey(key);
    const value = this.entries.get(hidden);
    if (value !== undefined) this.entries.delete(hidden);
    return value;
  }

  values(): IterableIterator<V> {
    return this.entries.values();
  }

  get size(): number {
    return this.entries.size;
  }
}
