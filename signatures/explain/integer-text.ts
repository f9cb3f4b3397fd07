/** Integer comparisons in rule syntax. */
import type { IntegerTest } from '../keywords/integers.js';
import type { MultiIntegerTest } from '../keywords/multi-integers.js';

/** `>5`, `2-5`, `&0xf=1`; ranges have both ends excluded. */
function integerText({ mode, a, b }: IntegerTest): string {
  switch (mode) {
    case '=':
      return String(a);
    case '!=':
      return `!${a}`;
    case 'range':
      return `${a}<>${b}`;
    case '!range':
      return `!${a}<>${b}`;
    case '&=':
    case '&!=':
      return `&0x${BigInt(a).toString(16)}${mode.slice(1)}${b}`;
    default:
      return `${mode}${a}`;
  }
}

export function multiIntegerText(test: MultiIntegerTest): string {
  const { which, index, count } = test;
  const comparison = integerText(test);
  switch (which) {
    case undefined:
      return comparison;
    case 'index':
      return `${comparison},${index}`;
    case 'index or absent':
      return `${comparison},oob_or ${index}`;
    case 'count':
      return `${comparison},nb${integerText(count!)}`;
    default:
      return `${comparison},${which}`;
  }
}
