/**
 * Locks of one word in shared memory, for what takes a moment.
 *
 * A thread can be ended while it holds one (it hung, or had no memory left), and nothing says so. The others go on: who
 * has waited for long enough takes the lock over, so what it guards must bear that a change was left half done.
 */
const FREE = 0;
const HELD = 1;

/** Looks at a lock before a nap: its holder may be waiting for this very processor. */
const LOOKS = 1000;
const NAP_MS = 1;
/** Naps before a lock is taken over, where holding it takes less than a microsecond. */
const PATIENCE = 250;

/**
 * Takes the lock at `ints[at]`, which is 0 at first.
 * @param patience naps of a millisecond before it is taken over; they are counted, so that a process that was stopped
 *   has not waited meanwhile
 * @returns what `unlock` takes: it tells this holder from one that took the lock over
 */
export function lock(ints: Int32Array, at: number, patience = PATIENCE): number {
  for (let naps = 0; ; naps++) {
    for (let looks = 0; looks < LOOKS; looks++)
      if (Atomics.compareExchange(ints, at, FREE, HELD) === FREE) return HELD;
    const holder = Atomics.load(ints, at);
    if (holder === FREE) continue;
    if (naps >= patience && Atomics.compareExchange(ints, at, holder, holder + 1) === holder)
      return holder + 1;
    Atomics.wait(ints, at, holder, NAP_MS);
  }
}

/** Gives the lock back, unless another thread took it over. @param held what `lock` returned */
export function unlock(ints: Int32Array, at: number, held: number): void {
  Atomics.compareExchange(ints, at, held, FREE);
}
