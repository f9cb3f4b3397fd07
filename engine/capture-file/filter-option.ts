/** Packet filters as options: one that is not understood is told before anything starts. */
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
