/** Effect of `replace` when its signature matches. */
import type { MatchCompiler } from '../match-compiler.js';
import { REPLACEMENTS, type Replacements } from '../state/replacements.js';

export const replacingCompilers: readonly MatchCompiler[] = [
  {
    kind: 'replace',
    compile(_match, { stores }) {
      const replacements = stores.get(REPLACEMENTS) as Replacements | undefined;
      return at => {
        replacements?.apply(at);
        return true;
      };
    },
  },
];
