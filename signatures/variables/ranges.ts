/** Sets of numbers as sorted lists of inclusive ranges, for any ordered number type. */

export type Range<T> = readonly [first: T, last: T];

/** The distance between neighbouring numbers: 1 for numbers, 1n for BigInt. */
export interface Space<T> {
  readonly first: T;
  readonly last: T;
  before(value: T): T;
  after(value: T): T;
}

export const PORTS: Space<number> = { first: 0, last: 65535, before: v => v - 1, after: v => v + 1 };
export const IPV4: Space<number> = { first: 0, last: 0xffffffff, before: v => v - 1, after: v => v + 1 };
export const IPV6: Space<bigint> = {
  first: 0n,
  last: (1n << 128n) - 1n,
  before: v => v - 1n,
  after: v => v + 1n,
};

/** Sorts ranges and merges those that overlap or are adjacent. */
export function union<T>(space: Space<T>, ranges: readonly Range<T>[]): Range<T>[] {
  const sorted = [...ranges].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const joined: [T, T][] = [];
  for (const [first, last] of sorted) {
    const end = joined.at(-1);
    if (!end || (first > end[1] && space.before(first) > end[1])) joined.push([first, last]);
    else if (last > end[1]) end[1] = last;
  }
  return joined;
}

/** `ranges` without those in `holes`; both as returned by `union`. */
export function without<T>(
  space: Space<T>,
  ranges: readonly Range<T>[],
  holes: readonly Range<T>[],
): Range<T>[] {
  if (holes.length === 0) return [...ranges];
  const rest: Range<T>[] = [];
  let h = 0;
  for (const [first, last] of ranges) {
    while (h < holes.length && holes[h]![1] < first) h++;
    let from: T | undefined = first;
    for (let i = h; i < holes.length && holes[i]![0] <= last; i++) {
      const [holeFirst, holeLast] = holes[i]!;
      if (holeFirst > from!) rest.push([from!, space.before(holeFirst)]);
      from = holeLast < last ? space.after(holeLast) : undefined;
      if (from === undefined) break;
    }
    if (from !== undefined) rest.push([from, last]);
  }
  return rest;
}
