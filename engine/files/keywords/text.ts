/** Text keywords of files: `filename`, `fileext`, `filemagic`. */
import { lowerAscii } from '../../latin1.js';
import type { TestDeclaration, Transaction } from '../../protocol.js';
import type { FileProgress } from '../file-progress.js';
import { filesOf, type TrackedFile } from '../tracked-file.js';

interface TextArgument {
  readonly text: string;
  readonly negated: boolean;
}

/**
 * A test of what is known from a file's first bytes; more data, and more files, may follow.
 * @param holds undefined if not known yet
 */
export function textTest(
  keyword: string,
  summary: string,
  { direction, begun }: FileProgress,
  holds: (file: TrackedFile, wanted: string) => boolean | undefined,
): TestDeclaration<Transaction> {
  return {
    keyword,
    direction,
    progress: begun,
    growing: true,
    summary,
    grammar: '[!]"text"',
    shared: true,
    parse(argument): TextArgument {
      const match = /^\s*(!?)\s*"?(.*?)"?\s*$/s.exec(argument ?? '');
      if (!match?.[2]) throw new Error('expected a quoted string');
      return { text: lowerAscii(unescaped(match[2])), negated: match[1] === '!' };
    },
    matches: (transaction, toServer, parsed) => {
      const { text, negated } = parsed as TextArgument;
      return filesOf(transaction, toServer).some(file => holds(file, text) === !negated);
    },
  };
}

/** `|00|` and backslashes as in `content`. */
function unescaped(text: string): string {
  return text
    .replace(/\|([0-9a-fA-F\s]*)\|/g, (_, hex: string) =>
      Buffer.from(hex.replace(/\s/g, ''), 'hex').toString('latin1'),
    )
    .replace(/\\([\\":;|])/g, '$1');
}
