/** `filesize`. */
import type { TestDeclaration, Transaction } from '../../protocol.js';
import type { FileProgress } from '../file-progress.js';
import { filesOf } from '../tracked-file.js';

interface SizeArgument {
  readonly minimum: number;
  readonly maximum: number;
  readonly negated: boolean;
}

export function sizeTest({ direction, closed }: FileProgress): TestDeclaration<Transaction> {
  return {
    keyword: 'filesize',
    direction,
    progress: closed,
    summary: 'Size of a file.',
    shared: true,
    parse: argument => sizeRange(argument ?? ''),
    matches(transaction, toServer, parsed) {
      const { minimum, maximum, negated } = parsed as SizeArgument;
      return filesOf(transaction, toServer).some(
        // A file that is cut is at least as large as what came of it.
        ({ state, size }) =>
          state === 'closed'
            ? (size >= minimum && size <= maximum) !== negated
            : size >= minimum && maximum === LARGEST,
      );
    },
  };
}

/** Stands for no bound; arguments are plain data. */
const LARGEST = Number.MAX_SAFE_INTEGER;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1024,
  kib: 1024,
  mb: 2 ** 20,
  mib: 2 ** 20,
  gb: 2 ** 30,
  gib: 2 ** 30,
};

/** Both ends of a range are excluded, as with all numbers in rules. */
function sizeRange(argument: string): SizeArgument {
  const number = String.raw`(0x[\da-f]+|\d+)\s*([kmg]i?b|)`;
  const range = new RegExp(`^\\s*(!?)\\s*${number}\\s*(?:<>|-)\\s*${number}\\s*$`, 'i').exec(argument);
  if (range) {
    const minimum = sized(range[2]!, range[3]!) + 1;
    const maximum = sized(range[4]!, range[5]!) - 1;
    if (minimum <= maximum) return { minimum, maximum, negated: range[1] === '!' };
  }
  const single = new RegExp(`^\\s*(<=|>=|<|>|!=|!|=|)\\s*${number}\\s*$`, 'i').exec(argument);
  if (!single) throw new Error(`"${argument}" is not a size; expected <100, >1MB, 100<>200 or 500`);
  const value = sized(single[2]!, single[3]!);
  switch (single[1]) {
    case '<':
      return { minimum: 0, maximum: value - 1, negated: false };
    case '<=':
      return { minimum: 0, maximum: value, negated: false };
    case '>':
      return { minimum: value + 1, maximum: LARGEST, negated: false };
    case '>=':
      return { minimum: value, maximum: LARGEST, negated: false };
    default:
      return { minimum: value, maximum: value, negated: single[1]!.startsWith('!') };
  }
}

function sized(digits: string, unit: string): number {
  return Number(digits) * UNITS[unit.toLowerCase()]!;
}
