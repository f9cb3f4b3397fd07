/**
 * A configuration option: its path in the YAML (Suricata's name where the same option exists), accepted values, its
 * default and one line of documentation. Declared next to the code that reads it, so that the list of accepted options
 * is the list of options in use.
 */
import { isMapping } from './scalar.js';

/** Converts a YAML value to a setting. `undefined`: the value is invalid. */
export interface OptionType<T> {
  /** Accepted values, for errors and documentation: "yes or no", "a size such as 64mb". */
  readonly expected: string;
  /** An invalid value prevents the start instead of selecting the default; message as in Suricata. */
  readonly refusal?: string;
  /** Error message for an invalid value, if available; it prevents the start. */
  fault?(value: unknown): string | undefined;
  /** An invalid value is not an error: the warning for it. */
  warning?(value: unknown): string;
  /** Unknown names in a valid value. */
  unknown?(value: unknown): readonly string[];
  parse(value: unknown): T | undefined;
}

/** A setting of the engine, declared next to the code that reads it. */
export interface Option<T> {
  readonly path: string;
  readonly type: OptionType<T>;
  readonly fallback: T;
  readonly summary: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of options of any type
export type AnyOption = Option<any>;

/** Declares an option. `path` is dotted; `*` matches any key or list index: `af-packet.*.threads`. */
export function option<T>(path: string, type: OptionType<T>, fallback: T, summary: string): Option<T> {
  return { path, type, fallback, summary };
}

const YES = new Set(['yes', 'true', 'on', '1', 'enable', 'enabled']);
const NO = new Set(['no', 'false', 'off', '0', 'disable', 'disabled']);

/** yes/no/true/false/on/off/1/0, as in Suricata. */
export const boolean: OptionType<boolean> = {
  expected: 'yes or no',
  parse(value) {
    if (typeof value === 'boolean') return value;
    const text = String(value).toLowerCase();
    return YES.has(text) ? true : NO.has(text) ? false : undefined;
  },
};

/** A whole number within bounds. */
export function integer(minimum = 0, maximum = Number.MAX_SAFE_INTEGER): OptionType<number> {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `of ${minimum} or more` : `from ${minimum} to ${maximum}`;
  return {
    expected: `a whole number ${range}`,
    parse(value) {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isInteger(number) && number >= minimum && number <= maximum
        ? number
        : undefined;
    },
  };
}

const UNITS = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'kb', 'kib'].map(unit => [unit, 1024] as const),
  ...['m', 'mb', 'mib'].map(unit => [unit, 2 ** 20] as const),
  ...['g', 'gb', 'gib'].map(unit => [unit, 2 ** 30] as const),
]);

/** Bytes: a number, or one with b, kb, mb, gb (powers of 1024). */
export const size: OptionType<number> = {
  expected: 'a size such as 65535, 64kb, 32 MiB or 1gb',
  refusal: 'invalid size argument',
  parse(value) {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(value));
    const unit = match && UNITS.get(match[2]!.toLowerCase());
    return unit ? Math.floor(Number(match[1]) * unit) : undefined;
  },
};

/** Bytes of memory allocated at startup: zero is invalid. */
export const memory: OptionType<number> = {
  ...size,
  expected: 'a size above 0 such as 64mb: the memory is allocated at startup',
  parse: value => size.parse(value) || undefined,
};

/** Bytes within bounds; the bounds are written as in YAML, such as `64kb`. */
export function sizeFrom(minimum: string, maximum: string): OptionType<number> {
  const [least, most] = [size.parse(minimum)!, size.parse(maximum)!];
  return {
    ...size,
    expected: `a size from ${minimum} to ${maximum}`,
    parse(value) {
      const bytes = size.parse(value);
      return bytes !== undefined && bytes >= least && bytes <= most ? bytes : undefined;
    },
  };
}

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds, or a number with one of the units s, m, h, d and w. */
export const duration: OptionType<number> = {
  expected: 'a time such as 90, 30m, 12h or 7d',
  parse(value) {
    const [, number = '', unit = ''] = /^(\d{1,9})\s*([smhdw]?)$/i.exec(String(value)) ?? [];
    return number === '' ? undefined : Number(number) * SECONDS[unit.toLowerCase()]!;
  },
};

/** Any text; numbers and booleans are taken as written. */
export const text: OptionType<string> = {
  expected: 'a text',
  parse: value =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined,
};

/** One of these words. If yes/no are among them, YAML booleans are accepted too. */
export function choice<const W extends string>(...words: W[]): OptionType<W> {
  return {
    expected: words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    parse(value) {
      const word = value === true ? 'yes' : value === false ? 'no' : String(value).toLowerCase();
      return words.find(known => known === word);
    },
  };
}

/** A list of texts; a single text is a list of one. */
export const texts: OptionType<readonly string[]> = {
  expected: 'a list of texts',
  parse: value =>
    Array.isArray(value) ? value.map(String) : typeof value === 'object' ? undefined : [String(value)],
};

/** A list of names; unknown ones have no effect. */
export function names(...known: readonly string[]): OptionType<readonly string[]> {
  return {
    expected: `a list of ${known.join(', ')}`,
    parse: texts.parse,
    unknown: value => texts.parse(value)?.filter(name => !known.includes(name.toLowerCase())) ?? [],
  };
}

/** A mapping; unknown keys have no effect. */
export function mapping(...known: readonly string[]): OptionType<unknown> {
  return {
    expected: `a mapping of ${known.join(', ')}`,
    parse: value => value,
    unknown: value => (isMapping(value) ? Object.keys(value).filter(key => !known.includes(key)) : []),
  };
}

/** Any YAML value, checked by its reader. */
export const tree: OptionType<unknown> = { expected: 'a mapping or list', parse: value => value };
