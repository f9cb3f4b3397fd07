/** Public suffixes: domains under which others are registered (publicsuffix.org, including its private section). */
import { createRequire } from 'node:module';

/** Names are not validated: a buffer of a rule may contain anything. */
const AS_IT_IS = {
  allowPrivateDomains: true,
  detectIp: false,
  extractHostname: false,
  validateHostname: false,
};

/**
 * Loads the list: only threads with a rule that needs it do so.
 * @returns number of labels of a name's public suffix; 0 for a name that ends with a dot, or an empty one
 */
export function loadPublicSuffixes(): (name: string) => number {
  const { getPublicSuffix } = createRequire(import.meta.url)('tldts') as typeof import('tldts');
  return name => {
    const suffix = name.endsWith('.') ? null : getPublicSuffix(name, AS_IT_IS);
    return suffix ? suffix.split('.').length : 0;
  };
}
