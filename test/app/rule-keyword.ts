/** A keyword with its own grammar, as in rules. */
import type { TestDeclaration, Transaction } from '../../engine/protocol.js';

/**
 * Whether a keyword matches a transaction. Its argument is stored as JSON between parsing and compiling.
 * @param folders base folders of files named in the argument
 */
export function keywordMatches<T extends Transaction>(
  test: TestDeclaration<T>,
  argument: string,
  transaction: T,
  toServer: boolean,
  folders?: readonly string[],
): boolean {
  const kept: unknown = JSON.parse(JSON.stringify(test.parse(argument, folders)));
  return test.matches(transaction, toServer, test.compile ? test.compile(kept) : kept);
}
