/** A keyword with a grammar of its own, as rules use it. */
import type { TestDeclaration, Transaction } from '../../engine/protocol.js';

/**
 * Whether a keyword matches a transaction. Its argument is kept as JSON between being parsed and being compiled.
 * @param folders that files named in the argument are relative to
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
