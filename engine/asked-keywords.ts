/** What rules ask for, for those that find it out only where somebody wants it. */

/**
 * Names of the buffers, values and tests of transactions that any rule uses, and of hooks: `hook:response_body`.
 * @param shared what was prepared for all threads (see `Thread.shared`)
 */
export function askedKeywords(shared: Readonly<Record<string, unknown>>): readonly string[] {
  const { askedKeywords: names } = (shared['rules'] ?? {}) as { readonly askedKeywords?: readonly string[] };
  return names ?? [];
}
