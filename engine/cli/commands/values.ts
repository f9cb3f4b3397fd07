/** Values of options, as commands take them. */
import { InvalidArgumentError } from 'commander';

/** Of an option that may come several times. */
export function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('Expected a number.');
  return number;
}
