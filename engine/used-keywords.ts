/** Keywords used by rules, for code that extracts values only if they are used. */
import { boolean } from './config/option.js';

/**
 * Names of the buffers, values and tests of transactions that any rule uses, and of hooks: `hook:response_body`.
 * @param shared objects prepared for all threads (see `Thread.shared`)
 */
export function usedKeywords(shared: Readonly<Record<string, unknown>>): readonly string[] {
  const { usedKeywords: names } = (shared['rules'] ?? {}) as { readonly usedKeywords?: readonly string[] };
  return names ?? [];
}

/**
 * Evaluates a setting that may be `yes`, `no` or `auto`.
 * @param prefix of the keywords for which `auto` enables it, if rules use them
 */
export function isEnabledFor(
  value: string,
  shared: Readonly<Record<string, unknown>>,
  prefix: string,
): boolean {
  if (value !== 'auto') return boolean.parse(value) === true;
  return usedKeywords(shared).some(keyword => keyword.startsWith(prefix));
}
