/** A number from 0 up to `below`. */
export type Random = (below: number) => number;

/** Pseudo random numbers, the same in every run. */
export function random(seed: number): Random {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * below);
  };
}
