/**
 * Locks of one word in shared memory, for what takes a moment.
 *
 * A thread can be ended while it holds one (it hung, or had no memory left), and nothing says so. The others go on: who
 * has waited for the same holder for long enough takes the lock over, so what it guards must bear that a change was
 * left half done.
 *
 * The word goes up each time that the lock is taken and given back: odd while it is held.
 */

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
  let naps = 0;
  for (let before = 0, looks = 1; ; looks++) {
    const word = Atomics.load(ints, at);
    if (word !== before) naps = 0;
    before = word;
    const isFree = (word & 1) === 0;
    if (isFree || naps >= patience) {
      const held = (word + (isFree ? 1 : 2)) | 0;
      if (Atomics.compareExchange(ints, at, word, held) === word) return held;
    } else if (looks % LOOKS === 0) {
      Atomics.wait(ints, at, word, NAP_MS);
      naps++;
    }
  }
}

/** Gives the lock back, unless another thread took it over. @param held what `lock` returned */
export function unlock(ints: Int32Array, at: number, held: number): void {
  Atomics.compareExchange(ints, at, held, (held + 1) | 0);
}
