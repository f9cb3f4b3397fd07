/**
 * A configuration option: its path in the YAML (Suricata's names where the same thing exists), what it accepts,
 * its default and one line of documentation. Declared beside the code that reads it, so that the list of
 * accepted options is the list of options in use.
 */
import { isMapping } from './scalar.js';

/** Turns a YAML value into a setting. `undefined` means that the value is not accepted. */
export interface OptionType<T> {
  /** What is accepted, for errors and documentation: "yes or no", "a size such as 64mb". */
  readonly expected: string;
  /** A value that is not accepted is no reason to take the default: nothing starts with it. In Suricata's words. */
  readonly refusal?: string;
  /** What is wrong with a value that is not accepted, where that can be said; nothing starts with it. */
  fault?(value: unknown): string | undefined;
  /** A value that is not accepted is no error: what is warned of then. */
  warning?(value: unknown): string;
  /** Names in a value that is accepted which mean nothing. */
  unknown?(value: unknown): readonly string[];
  parse(value: unknown): T | undefined;
}

/** A setting that some part of the engine reads, declared beside the code that does. */
export interface Option<T> {
  readonly path: string;
  readonly type: OptionType<T>;
  readonly fallback: T;
  readonly summary: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of options of any type
export type AnyOption = Option<any>;

/** Declares an option. `path` is dotted; `*` stands for any key or list index: `af-packet.*.threads`. */
export function option<T>(path: string, type: OptionType<T>, fallback: T, summary: string): Option<T> {
  return { path, type, fallback, summary };
}

const YES = new Set(['yes', 'true', 'on', '1', 'enable', 'enabled']);
const NO = new Set(['no', 'false', 'off', '0', 'disable', 'disabled']);

/** yes/no/true/false/on/off/1/0, as Suricata takes them. */
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

/** Bytes of which something is made at the start: none at all would make it useless. */
export const memory: OptionType<number> = {
  ...size,
  expected: 'a size above 0 such as 64mb: the memory is allocated at startup',
  parse: value => size.parse(value) || undefined,
};

/** Bytes within bounds, which are told as they are written in the YAML, such as `64kb`. */
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

/** Any text; numbers and truth values are taken as they are written. */
export const text: OptionType<string> = {
  expected: 'a text',
  parse: value =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined,
};

/** One of these words. Where yes/no are among them, YAML booleans are taken too. */
export function choice<const W extends string>(...words: W[]): OptionType<W> {
  return {
    expected: words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    parse(value) {
      const word = value === true ? 'yes' : value === false ? 'no' : String(value).toLowerCase();
      return words.find(known => known === word);
    },
  };
}

/** A list of texts; one text is a list of one. */
export const texts: OptionType<readonly string[]> = {
  expected: 'a list of texts',
  parse: value =>
    Array.isArray(value) ? value.map(String) : typeof value === 'object' ? undefined : [String(value)],
};

/** A list of names; those that are not known have no effect. */
export function names(...known: readonly string[]): OptionType<readonly string[]> {
  return {
    expected: `a list of ${known.join(', ')}`,
    parse: texts.parse,
    unknown: value => texts.parse(value)?.filter(name => !known.includes(name.toLowerCase())) ?? [],
  };
}

/** A mapping; keys that are not known have no effect. */
export function mapping(...known: readonly string[]): OptionType<unknown> {
  return {
    expected: `a mapping of ${known.join(', ')}`,
    parse: value => value,
    unknown: value => (isMapping(value) ? Object.keys(value).filter(key => !known.includes(key)) : []),
  };
}

/** Any YAML value, checked by whoever reads it. */
export const tree: OptionType<unknown> = { expected: 'a mapping or list', parse: value => value };
