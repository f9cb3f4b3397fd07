/** Pseudo-random numbers, the same in every run (Mulberry32). */

/** An integer from 0 to below `below`. */
export type Random = (below: number) => number;

export function randomNumbers(seed: number): Random {
  const next = randomFractions(seed);
  return below => Math.floor(next() * below);
}

/** @returns a function that gives numbers in [0, 1) */
export function randomFractions(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same list, shuffled (Fisher and Yates). */
export function shuffled<T>(list: T[], random: Random): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}
