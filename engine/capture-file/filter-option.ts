/** Packet filters as options: an invalid one is reported before anything starts. */
import { type OptionType, text } from '../config/option.js';
import { compileFilter } from './filter.js';

export const packetFilter: OptionType<string> = {
  expected: 'a packet filter such as tcp port 80',
  parse(value) {
    const expression = text.parse(value);
    return expression === undefined || reasonAgainst(expression) !== undefined ? undefined : expression;
  },
  fault: value => reasonAgainst(String(value)),
};

function reasonAgainst(expression: string): string | undefined {
  try {
    compileFilter(expression);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
