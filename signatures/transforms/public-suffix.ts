/** Public suffixes: names under which others are registered (publicsuffix.org, with its private section). */
import { createRequire } from 'node:module';

/** Names are taken as they are: a buffer of a rule may hold anything. */
const AS_IT_IS = {
  allowPrivateDomains: true,
  detectIp: false,
  extractHostname: false,
  validateHostname: false,
};

/**
 * Loads the list: only threads with a rule that asks for it have it.
 * @returns how many labels at the end of a name are its public suffix; 0 for a name that ends with a dot, or an empty one
 */
export function loadPublicSuffixes(): (name: string) => number {
  const { getPublicSuffix } = createRequire(import.meta.url)('tldts') as typeof import('tldts');
  return name => {
    const suffix = name.endsWith('.') ? null : getPublicSuffix(name, AS_IT_IS);
    return suffix ? suffix.split('.').length : 0;
  };
}
