/** Keywords of files that are about a text: `filename`, `fileext`, `filemagic`. */
import type { TestDeclaration, Transaction } from '../../protocol.js';
import type { FileProgress } from '../file-progress.js';
import { filesOf, type TrackedFile } from '../tracked-file.js';

interface TextArgument {
  readonly text: string;
  readonly negated: boolean;
}

type Holds = (file: TrackedFile, wanted: string) => boolean;

/** About names: known with a file's first bytes, and more files may come. */
export function nameTest(
  keyword: string,
  summary: string,
  { direction, begun }: FileProgress,
  holds: Holds,
): TestDeclaration<Transaction> {
  return { keyword, direction, progress: begun, growing: true, summary, ...textTest(holds) };
}

/** About kinds: known with the first bytes of a file, or with all of a small one. */
export function magicTest(
  keyword: string,
  summary: string,
  { direction, begun }: FileProgress,
  holds: Holds,
): TestDeclaration<Transaction> {
  const test = textTest(holds, file => file.isMagicKnown);
  return { keyword, direction, progress: begun, growing: true, summary, ...test };
}

function textTest(
  holds: Holds,
  isKnown: (file: TrackedFile) => boolean = () => true,
): Pick<TestDeclaration<Transaction>, 'shared' | 'parse' | 'matches'> {
  return {
    shared: true,
    parse(argument): TextArgument {
      const match = /^\s*(!?)\s*"?(.*?)"?\s*$/s.exec(argument ?? '');
      if (!match?.[2]) throw new Error('a text in quotes is needed');
      return { text: unescaped(match[2]).toLowerCase(), negated: match[1] === '!' };
    },
    matches: (transaction, toServer, parsed) => {
      const { text, negated } = parsed as TextArgument;
      return filesOf(transaction, toServer).some(file => isKnown(file) && holds(file, text) !== negated);
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
