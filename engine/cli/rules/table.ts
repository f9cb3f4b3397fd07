/** Text in columns. */

/** @param left columns of text; the others are numbers, which stand to the right */
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
