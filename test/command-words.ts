/** The words behind the name of a test command: options, and what else is given. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<typeof parseArgs<{ allowPositionals: true; options: T }>>;

interface More {
  /** Options whose values are whole numbers. */
  readonly numbers?: readonly string[];
  readonly words?: string[];
}

/**
 * Ends the process where help is asked for, or where the words are wrong: then with what is wrong, the usage and code 2.
 * @param isEnough whether so many words besides options will do
 */
export function commandWords<T extends Options>(
  usage: string,
  options: T,
  isEnough: (words: number) => boolean,
  { numbers = [], words = process.argv.slice(2) }: More = {},
): Parsed<T> {
  if (words.some(word => word === '-h' || word === '--help')) end(usage, 0);
  try {
    const parsed = parseArgs({ allowPositionals: true, options, args: words });
    const wrong = numbers.find(name => !isNumber((parsed.values as Record<string, unknown>)[name]));
    if (wrong !== undefined) console.error(`--${wrong}: expected a whole number`);
    else if (isEnough(parsed.positionals.length)) return parsed;
  } catch (error) {
    console.error((error as Error).message.split('. ')[0]);
  }
  return end(usage, 2);
}

const isNumber = (value: unknown): boolean => value === undefined || /^\d{1,16}$/.test(String(value));

function end(usage: string, code: number): never {
  (code === 0 ? console.log : console.error)(usage);
  process.exit(code);
}
