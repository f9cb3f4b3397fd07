/** How servers of different make read a URI, by the names that `personality` may have. */
import { choice } from '../../../engine/config/option.js';

export interface UriHabits {
  /** `\` is `/`. */
  readonly backslashes: boolean;
  /** `%2f` is `/`. */
  readonly encodedSeparators: boolean;
  /** `//` is `/`. */
  readonly compressSeparators: boolean;
  /** `%u0041` is `A`. */
  readonly percentU: boolean;
  /** UTF-8 becomes the one-byte character that is most like it. */
  readonly bestFit: boolean;
  /** `%` that no hexadecimal digits follow: kept, dropped, or decoded all the same. */
  readonly invalid: 'keep' | 'drop' | 'decode';
  /** A NUL ends the path: encoded, as it is. */
  readonly encodedNulEnds: boolean;
  readonly rawNulEnds: boolean;
  readonly lowercase: boolean;
  /** Stands for characters without a single byte that is like them. */
  readonly replacement: number;
}

const MINIMAL: UriHabits = {
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
const GENERIC: UriHabits = {
  ...MINIMAL,
  backslashes: true,
  encodedSeparators: true,
  compressSeparators: true,
};
const IIS: UriHabits = { ...GENERIC, percentU: true, encodedSeparators: true };

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
} satisfies Record<string, UriHabits>;

export const personality = choice(...(Object.keys(PERSONALITIES) as (keyof typeof PERSONALITIES)[]));
