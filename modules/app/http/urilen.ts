/** `urilen:5`, `urilen:<20`, `urilen:5<>20,raw`: how long the URI is. */
import { compileInteger, type IntegerTest, parseInteger } from '../../../engine/integers.js';
import type { TestDeclaration, Transaction } from '../../../engine/protocol.js';

interface LengthTest {
  readonly length: IntegerTest;
  readonly raw: boolean;
}

/**
 * The keyword `urilen` of a version of HTTP.
 * @param progress of the request from which its URI is known
 * @param lengthOf bytes of the URI, as it came or normalised
 */
export function urilen<T extends Transaction>(
  progress: number,
  lengthOf: (transaction: T, raw: boolean) => number | undefined,
): TestDeclaration<T> {
  return {
    keyword: 'urilen',
    direction: 'to_server',
    progress,
    summary: 'Length of the URI.',
    parse: parseLength,
    matches(transaction, _, parsed) {
      const { length, raw } = parsed as LengthTest;
      const own = lengthOf(transaction, raw);
      return own !== undefined && compileInteger(length)(own);
    },
  };
}

/** The whole argument may stand in quotes. */
function parseLength(argument: string | undefined): LengthTest {
  const text = (argument ?? '').trim().replace(/^"(.*)"$/, '$1');
  const [length = '', form = 'norm', ...rest] = text.split(',').map(part => part.trim());
  if (rest.length > 0 || !/^(?:raw|norm)$/i.test(form))
    throw new Error(`"${text}": expected a length, and raw or norm behind a comma`);
  return { length: parseInteger(length, 'urilen', { bits: 64 }), raw: form.toLowerCase() === 'raw' };
}
