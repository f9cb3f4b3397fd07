/** The known word nearest to the given one, for "did you mean": undefined if none is close. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let shortest = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= shortest) continue;
    const distance = editDistance(word, candidate);
    if (distance < shortest) {
      shortest = distance;
      best = candidate;
    }
  }
  return best;
}

/** Insertions, deletions and replacements that turn `a` into `b` (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let k = 1; k <= b.length; k++) {
      const replace = previous[k - 1]! + (a[i - 1] === b[k - 1] ? 0 : 1);
      row.push(Math.min(replace, previous[k]! + 1, row[k - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
