/** `urilen:5`, `urilen:<20`, `urilen:5<>20,raw`: length of the URI. */
import {
  compileInteger,
  type IntegerCondition,
  type IntegerTest,
  parseInteger,
} from '../../../engine/integers.js';
import type { TestDeclaration, Transaction } from '../../../engine/protocol.js';

interface LengthArgument {
  readonly length: IntegerTest;
  readonly raw: boolean;
}

interface LengthTest {
  readonly holds: IntegerCondition;
  readonly raw: boolean;
}

/**
 * The keyword `urilen` for one version of HTTP.
 * @param progress of the request at which its URI is known
 * @param lengthOf bytes of the URI, raw or normalised
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
    grammar: '[<|>]number | number<>number [, raw | norm]',
    parse: parseLength,
    compile(parsed): LengthTest {
      const { length, raw } = parsed as LengthArgument;
      return { holds: compileInteger(length), raw };
    },
    matches(transaction, _, compiled) {
      const { holds, raw } = compiled as LengthTest;
      const own = lengthOf(transaction, raw);
      return own !== undefined && holds(own);
    },
  };
}

/** The whole argument may be quoted. */
function parseLength(argument: string | undefined): LengthArgument {
  const text = (argument ?? '').trim().replace(/^"(.*)"$/, '$1');
  const [length = '', form = 'norm', ...rest] = text.split(',').map(part => part.trim());
  if (rest.length > 0 || !/^(?:raw|norm)$/i.test(form))
    throw new Error(`"${text}": expected a length, optionally followed by a comma and raw or norm`);
  return { length: parseInteger(length, 'urilen', { bits: 64 }), raw: form.toLowerCase() === 'raw' };
}
