/** `filesize`. */
import { compileInteger, type IntegerCondition, type IntegerTest, parseInteger } from '../../integers.js';
import type { TestDeclaration, Transaction } from '../../protocol.js';
import type { FileProgress } from '../file-progress.js';
import { filesOf } from '../tracked-file.js';

interface SizeTest {
  readonly holds: IntegerCondition;
  /** A truncated file is at least as large as the received part. */
  readonly atLeast: boolean;
}

export function sizeTest({ direction, closed }: FileProgress): TestDeclaration<Transaction> {
  return {
    keyword: 'filesize',
    direction,
    progress: closed,
    summary: 'Size of a file.',
    grammar: '[<|>|<=|>=|!]number | number-number',
    shared: true,
    parse: argument => parseInteger(argument ?? '', 'filesize', { bits: 64 }),
    compile(parsed): SizeTest {
      const wanted = parsed as IntegerTest;
      return { holds: compileInteger(wanted), atLeast: wanted.mode === '>' || wanted.mode === '>=' };
    },
    matches(transaction, toServer, compiled) {
      const { holds, atLeast } = compiled as SizeTest;
      return filesOf(transaction, toServer).some(
        ({ state, size }) => (state === 'closed' || atLeast) && holds(size),
      );
    },
  };
}
