/** Contents and regular expressions in the format of engine analysis. */
import { lowerAscii } from '../../engine/latin1.js';
import { isRelative } from '../buffer-matcher/chain.js';
import type { PcreMatch } from '../keywords/pcre.js';
import type { ContentMatch, Match } from '../signature.js';

type Json = Record<string, unknown>;

/** Characters that rules contain unescaped. */
const PLAIN = /^[\x21-\x7e]$/;
const SPECIAL = '|";:\\ ';

/** Bytes in rule syntax: `|20|200|20|`. */
export function patternText(bytes: string): string {
  let text = '';
  let hexadecimal: string[] = [];
  const flush = () => {
    if (hexadecimal.length > 0) text += `|${hexadecimal.join(' ')}|`;
    hexadecimal = [];
  };
  for (const c of bytes) {
    if (PLAIN.test(c) && !SPECIAL.includes(c)) {
      flush();
      text += c;
    } else hexadecimal.push(c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0'));
  }
  flush();
  return text;
}

/** @param next the condition after it in the same buffer  @param fast it is the fast pattern */
export function contentJson(content: ContentMatch, next: Match | undefined, fast: boolean): Json {
  const { negated, nocase, startswith = false, endswith = false } = content;
  const relativeNext = next !== undefined && isRelative(next);
  const bounds: Json = {};
  for (const name of ['offset', 'depth', 'distance', 'within'] as const) {
    if (content[name] !== undefined && !(name === 'offset' && startswith)) bounds[name] = content[name];
  }
  return {
    // A case-insensitive content is stored in lower case.
    pattern: patternText(nocase ? lowerAscii(content.bytes) : content.bytes),
    length: content.bytes.length,
    nocase,
    negated,
    starts_with: startswith,
    ends_with: endswith,
    is_mpm: fast,
    // The fast pattern match proves it: no further check is needed.
    no_double_inspect: fast && !negated && !relativeNext && !endswith && Object.keys(bounds).length === 0,
    ...bounds,
    fast_pattern: content.fastPattern !== undefined && content.fastPattern !== false,
    relative_next: relativeNext,
  };
}

export function pcreJson(pcre: PcreMatch, next: Match | undefined): Json {
  return {
    relative: pcre.relative,
    relative_next: next !== undefined && isRelative(next),
    nocase: pcre.options.includes('i'),
    negated: pcre.negated,
  };
}
