/** What rules ask for, for those that find it out only where somebody wants it. */
import { boolean } from './config/option.js';

/**
 * Names of the buffers, values and tests of transactions that any rule uses, and of hooks: `hook:response_body`.
 * @param shared what was prepared for all threads (see `Thread.shared`)
 */
export function askedKeywords(shared: Readonly<Record<string, unknown>>): readonly string[] {
  const { askedKeywords: names } = (shared['rules'] ?? {}) as { readonly askedKeywords?: readonly string[] };
  return names ?? [];
}

/**
 * Whether something is on that may be `yes`, `no` or `auto`.
 * @param beginning of the keywords for which `auto` turns it on, where rules use them
 */
export function isSwitchedOn(
  value: string,
  shared: Readonly<Record<string, unknown>>,
  beginning: string,
): boolean {
  if (value !== 'auto') return boolean.parse(value) === true;
  return askedKeywords(shared).some(keyword => keyword.startsWith(beginning));
}
