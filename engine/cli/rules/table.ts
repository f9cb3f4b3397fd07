/** Text in aligned columns. */

/** @param left number of text columns; the others are numbers and right-aligned */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[],
): string[] {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map(row => row[i]!.length)));
  const last = head.length - 1;
  return [head, ...rows].map(row =>
    row
      .map((cell, i) =>
        left.includes(i) ? (i === last ? cell : cell.padEnd(widths[i]!)) : cell.padStart(widths[i]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
