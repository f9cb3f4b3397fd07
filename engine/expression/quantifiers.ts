/**
 * Quantifiers in braces mean the same with every library: `{,n}` and blanks within the braces count as PCRE2 10.43 and
 * newer read them; older ones, and JavaScript, would look for those very characters.
 */

/** What is quoted, escaped or in a class is passed over; of braces the bounds are caught. */
const PARTS =
  /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|\{[ \t]*(\d*)[ \t]*(?:(,)[ \t]*(\d*)[ \t]*)?\}/g;

/** @param pattern in Perl's syntax  @returns the same with `{0,n}` for `{,n}`, and no blanks in quantifiers */
export function writeOutQuantifiers(pattern: string): string {
  if (!pattern.includes('{')) return pattern;
  return pattern.replace(PARTS, (part, least?: string, comma?: string, most?: string) => {
    if (!least && !most) return part;
    return comma ? `{${least || 0},${most}}` : `{${least}}`;
  });
}
