/** Store `shared-bits`: bits by name on addresses or address pairs, visible to all threads. */
import { FOREVER, type SharedTable } from './shared-table.js';
import type { Track, Tracker } from './track.js';

export const SHARED_BITS = 'shared-bits';

export class SharedBits {
  constructor(
    private readonly table: SharedTable,
    private readonly tracker: Tracker,
  ) {}

  has(name: readonly [number, number], track: Track, p: number, toServer: boolean, now: number): boolean {
    this.tracker.fill(this.table, name, track, p, toServer);
    return this.table.with(now, false, present) === 1;
  }

  /** @param seconds lifetime; 0: as long as there is room */
  set(
    name: readonly [number, number],
    track: Track,
    p: number,
    toServer: boolean,
    now: number,
    seconds: number,
  ): void {
    this.tracker.fill(this.table, name, track, p, toServer);
    this.table.with(now, true, (_, value) => {
      this.table.keepUntil(value, seconds === 0 ? FOREVER : now + seconds);
      return 1;
    });
  }

  unset(name: readonly [number, number], track: Track, p: number, toServer: boolean, now: number): void {
    this.tracker.fill(this.table, name, track, p, toServer);
    this.table.with(now, false, (_, value) => {
      this.table.remove(value);
      return 1;
    });
  }
}

const present = () => 1;
