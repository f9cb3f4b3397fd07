/** How different servers interpret a URI, by the names allowed for `personality`. */
import { choice } from '../../../engine/config/option.js';

export interface UriDecodingSettings {
  /** `\` is treated as `/`. */
  readonly backslashes: boolean;
  /** `%2f` is treated as `/`. */
  readonly encodedSeparators: boolean;
  /** `//` is treated as `/`. */
  readonly compressSeparators: boolean;
  /** `%u0041` is treated as `A`. */
  readonly percentU: boolean;
  /** UTF-8 is mapped to the most similar one-byte character. */
  readonly bestFit: boolean;
  /** `%` without two hexadecimal digits: kept, dropped, or decoded nevertheless. */
  readonly invalid: 'keep' | 'drop' | 'decode';
  /** A NUL ends the path: percent-encoded, raw. */
  readonly encodedNulEnds: boolean;
  readonly rawNulEnds: boolean;
  readonly lowercase: boolean;
  /** Replaces characters for which there is no similar one-byte character. */
  readonly replacement: number;
}

const MINIMAL: UriDecodingSettings = {
  backslashes: false,
  encodedSeparators: false,
  compressSeparators: false,
  percentU: false,
  bestFit: false,
  invalid: 'keep',
  encodedNulEnds: false,
  rawNulEnds: false,
  lowercase: false,
  replacement: 0x3f,
};
const GENERIC: UriDecodingSettings = {
  ...MINIMAL,
  backslashes: true,
  encodedSeparators: true,
  compressSeparators: true,
};
const IIS: UriDecodingSettings = { ...GENERIC, percentU: true, encodedSeparators: true };

export const PERSONALITIES = {
  minimal: MINIMAL,
  generic: GENERIC,
  ids: { ...GENERIC, percentU: true, bestFit: true },
  iis_4_0: { ...IIS, invalid: 'decode', rawNulEnds: true, bestFit: true },
  iis_5_0: { ...IIS, invalid: 'decode', rawNulEnds: true, bestFit: true },
  iis_5_1: { ...IIS, rawNulEnds: true, bestFit: true },
  iis_6_0: { ...IIS, rawNulEnds: true },
  iis_7_0: { ...IIS, percentU: false },
  iis_7_5: { ...IIS, percentU: false },
  apache: { ...MINIMAL, compressSeparators: true },
  apache_2: { ...MINIMAL, compressSeparators: true },
  apache_2_2: { ...MINIMAL, compressSeparators: true },
} satisfies Record<string, UriDecodingSettings>;

export const personality = choice(...(Object.keys(PERSONALITIES) as (keyof typeof PERSONALITIES)[]));
