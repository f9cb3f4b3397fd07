/** The arguments of a test command: options, and others. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<typeof parseArgs<{ allowPositionals: true; options: T }>>;

interface ParseOptions {
  /** Options whose values are whole numbers. */
  readonly numbers?: readonly string[];
  readonly words?: string[];
}

/**
 * Ends the process if help is requested or the arguments are invalid: then with the reason, the usage and code 2.
 * @param isEnough whether this number of arguments besides options is valid
 */
export function parseCommand<T extends Options>(
  usage: string,
  options: T,
  isEnough: (words: number) => boolean,
  { numbers = [], words = process.argv.slice(2) }: ParseOptions = {},
): Parsed<T> {
  if (words.some(word => word === '-h' || word === '--help')) printAndExit(usage, 0);
  try {
    const parsed = parseArgs({ allowPositionals: true, options, args: words });
    const invalid = numbers.find(name => !isNumber((parsed.values as Record<string, unknown>)[name]));
    if (invalid !== undefined) console.error(`--${invalid}: expected a whole number`);
    else if (isEnough(parsed.positionals.length)) return parsed;
  } catch (error) {
    console.error((error as Error).message.split('. ')[0]);
  }
  return printAndExit(usage, 2);
}

const isNumber = (value: unknown): boolean => value === undefined || /^\d{1,16}$/.test(String(value));

function printAndExit(usage: string, code: number): never {
  (code === 0 ? console.log : console.error)(usage);
  process.exit(code);
}
