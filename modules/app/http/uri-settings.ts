/** Options of libhtp that override how the personality interprets the path of a URI. */
import { choice, type OptionType, option } from '../../../engine/config/option.js';
import type { UriDecodingSettings } from './personality.js';

/** By default, the personality decides. */
const SWITCH = choice('unset', 'yes', 'no');
const INVALID = choice('unset', 'preserve_percent', 'remove_percent', 'decode_invalid', 'status_400');

/** One character. */
const character: OptionType<string> = {
  expected: 'one character',
  parse: value => (/^[\x20-\x7e]$/.test(String(value)) ? String(value) : undefined),
};

type Read = <T>(wanted: { path: string; type: OptionType<T>; fallback: T; summary: string }) => T;

/** The options, and how they are read. @param prefix path of the defaults section */
export function pathOptions(prefix: string) {
  const settingSwitch = (name: string, summary: string) =>
    option(`${prefix}${name}`, SWITCH, 'unset', `${summary}; default: as set by the personality`);
  const switches = {
    backslashes: settingSwitch('path-convert-backslash-separators', 'treat a backslash as a slash'),
    encodedSeparators: settingSwitch('path-separators-decode', 'treat an encoded slash as a slash'),
    compressSeparators: settingSwitch('path-separators-compress', 'merge consecutive slashes'),
    percentU: settingSwitch('path-u-encoding-decode', 'decode %u0041'),
    bestFit: settingSwitch('path-utf8-convert-bestfit', 'convert UTF-8 to the best-fit single bytes'),
    encodedNulEnds: settingSwitch('path-nul-encoded-terminates', 'an encoded NUL terminates the path'),
    rawNulEnds: settingSwitch('path-nul-raw-terminates', 'a NUL terminates the path'),
    lowercase: settingSwitch('path-convert-lowercase', 'convert the path to lower case'),
  };
  const invalid = option(
    `${prefix}path-url-encoding-invalid-handling`,
    INVALID,
    'unset',
    'handling of a % without hexadecimal digits; default: as set by the personality',
  );
  const replacement = option(
    `${prefix}path-bestfit-replacement-char`,
    character,
    '?',
    'replacement for characters without a best-fit byte',
  );
  return {
    options: [...Object.values(switches), invalid, replacement],
    /** What the personality does, unless overridden. */
    decodingSettings(read: Read, defaults: UriDecodingSettings): UriDecodingSettings {
      const overridden: Record<string, boolean> = {};
      for (const [name, wanted] of Object.entries(switches)) {
        const value = read(wanted);
        if (value !== 'unset') overridden[name] = value === 'yes';
      }
      const how = INVALID_HANDLING[read(invalid)];
      return {
        ...defaults,
        ...overridden,
        ...(how !== undefined && { invalid: how }),
        replacement: read(replacement).charCodeAt(0),
      };
    },
  };
}

const INVALID_HANDLING: Readonly<Record<string, UriDecodingSettings['invalid']>> = {
  preserve_percent: 'keep',
  remove_percent: 'drop',
  decode_invalid: 'decode',
  status_400: 'keep',
};
