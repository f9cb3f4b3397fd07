/** Keywords used by rules, for code that extracts values only if they are used. */
import { boolean } from './config/option.js';

/**
 * Names of the buffers, values and tests of transactions that any rule uses, and of hooks: `hook:response_body`.
 * @param shared objects prepared for all threads (see `Thread.shared`)
 */
export function askedKeywords(shared: Readonly<Record<string, unknown>>): readonly string[] {
  const { askedKeywords: names } = (shared['rules'] ?? {}) as { readonly askedKeywords?: readonly string[] };
  return names ?? [];
}

/**
 * Evaluates a setting that may be `yes`, `no` or `auto`.
 * @param beginning of the keywords for which `auto` enables it, if rules use them
 */
export function isSwitchedOn(
  value: string,
  shared: Readonly<Record<string, unknown>>,
  beginning: string,
): boolean {
  if (value !== 'auto') return boolean.parse(value) === true;
  return askedKeywords(shared).some(keyword => keyword.startsWith(beginning));
}
