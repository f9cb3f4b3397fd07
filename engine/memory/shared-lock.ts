/**
 * One-word locks in shared memory, for short critical sections.
 *
 * A thread can be terminated while it holds one (it hung, or ran out of memory), without notice. The others continue: a
 * thread that has waited long enough for the same holder takes the lock over, so the protected data must tolerate
 * half-finished changes.
 *
 * The word is incremented each time the lock is taken and released: odd while it is held.
 */

/** Spins on a lock before sleeping: its holder may be waiting for this CPU. */
const SPINS = 1000;
const SLEEP_MS = 1;
/** Sleeps before a lock is taken over that is normally held for less than a microsecond. */
const MAX_SLEEPS = 250;

/**
 * Takes the lock at `ints[at]`, which is initially 0.
 * @param maxSleeps sleeps of a millisecond before it is taken over; counted, so that time while the process was stopped
 * does not count
 * @returns the argument for `unlock`: distinguishes this holder from one that took the lock over
 */
export function lock(ints: Int32Array, at: number, maxSleeps = MAX_SLEEPS): number {
  let sleeps = 0;
  for (let before = 0, spins = 1; ; spins++) {
    const word = Atomics.load(ints, at);
    if (word !== before) sleeps = 0;
    before = word;
    const isFree = (word & 1) === 0;
    if (isFree || sleeps >= maxSleeps) {
      const lockWord = (word + (isFree ? 1 : 2)) | 0;
      if (Atomics.compareExchange(ints, at, word, lockWord) === word) return lockWord;
    } else if (spins % SPINS === 0) {
      Atomics.wait(ints, at, word, SLEEP_MS);
      sleeps++;
    }
  }
}

/** Releases the lock, unless another thread took it over. @param lockWord what `lock` returned */
export function unlock(ints: Int32Array, at: number, lockWord: number): void {
  Atomics.compareExchange(ints, at, lockWord, (lockWord + 1) | 0);
}
