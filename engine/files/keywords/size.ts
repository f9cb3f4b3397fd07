/** `filesize`. */
import { compileInteger, type IntegerTest, parseInteger } from '../../integers.js';
import type { TestDeclaration, Transaction } from '../../protocol.js';
import type { FileProgress } from '../file-progress.js';
import { filesOf } from '../tracked-file.js';

export function sizeTest({ direction, closed }: FileProgress): TestDeclaration<Transaction> {
  return {
    keyword: 'filesize',
    direction,
    progress: closed,
    summary: 'Size of a file.',
    shared: true,
    parse: argument => parseInteger(argument ?? '', 'filesize', { bits: 64 }),
    matches(transaction, toServer, parsed) {
      const wanted = parsed as IntegerTest;
      const holds = compileInteger(wanted);
      // A file that is cut is at least as large as what came of it.
      const holdsAtLeast = wanted.mode === '>' || wanted.mode === '>=';
      return filesOf(transaction, toServer).some(
        ({ state, size }) => (state === 'closed' || holdsAtLeast) && holds(size),
      );
    },
  };
}
