/** Keywords of files that are about a text: `filename`, `fileext`, `filemagic`. */
import type { Direction, TestDeclaration, Transaction } from '../../protocol.js';
import { filesOf, type TrackedFile } from '../tracked-file.js';

interface TextArgument {
  readonly text: string;
  readonly negated: boolean;
}

export function textTest(
  keyword: string,
  summary: string,
  direction: Direction,
  progress: number,
  holds: (file: TrackedFile, wanted: string) => boolean,
): TestDeclaration<Transaction> {
  return {
    keyword,
    direction,
    progress,
    summary,
    shared: true,
    parse(argument): TextArgument {
      const match = /^\s*(!?)\s*"?(.*?)"?\s*$/s.exec(argument ?? '');
      if (!match?.[2]) throw new Error('a text in quotes is needed');
      return { text: unescaped(match[2]).toLowerCase(), negated: match[1] === '!' };
    },
    matches: (transaction, toServer, parsed) => {
      const { text, negated } = parsed as TextArgument;
      return filesOf(transaction, toServer).some(file => holds(file, text) !== negated);
    },
  };
}

/** `|00|` and backslashes as in contents. */
function unescaped(text: string): string {
  return text
    .replace(/\|([0-9a-fA-F\s]*)\|/g, (_, hex: string) =>
      Buffer.from(hex.replace(/\s/g, ''), 'hex').toString('latin1'),
    )
    .replace(/\\([\\":;|])/g, '$1');
}
