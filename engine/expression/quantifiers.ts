/**
 * Makes quantifiers in braces mean the same with every library: `{,n}` and spaces within the braces as in PCRE2 10.43
 * and newer; older versions, and JavaScript, would match them literally.
 */

/** Skips quoted, escaped and class parts; captures the bounds in braces. */
const PARTS =
  /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|\{[ \t]*(\d*)[ \t]*(?:(,)[ \t]*(\d*)[ \t]*)?\}/g;

/** @param pattern in Perl syntax  @returns the same with `{0,n}` for `{,n}`, and no spaces in quantifiers */
export function writeOutQuantifiers(pattern: string): string {
  if (!pattern.includes('{')) return pattern;
  return pattern.replace(PARTS, (part, least?: string, comma?: string, most?: string) => {
    if (!least && !most) return part;
    return comma ? `{${least || 0},${most}}` : `{${least}}`;
  });
}
