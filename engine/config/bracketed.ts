/** Lists in rule syntax, given as YAML text. */

/** Items of `a, b`, `[a, b]` or `[a, [b]]`; undefined if brackets do not match. */
export function bracketed(text: string): string[] | undefined {
  let depth = 0;
  for (const letter of text) {
    if (letter === '[') depth++;
    else if (letter === ']' && --depth < 0) return undefined;
  }
  if (depth > 0) return undefined;
  return text
    .split(/[[\],]/)
    .map(item => item.trim())
    .filter(item => item !== '');
}
