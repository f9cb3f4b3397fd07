/** Keywords for frames: numbers in them, and settings. */
import type { TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { ERROR_CODES, FRAME_TYPES, SETTING_NAMES } from './frame.js';
import { COMPLETE, type Http2Transaction, type Message } from './transaction.js';

function value(
  keyword: string,
  bits: 8 | 32 | 64,
  summary: string,
  of: (message: Message) => readonly number[],
  names?: Readonly<Record<string, number>>,
): ValueDeclaration<Http2Transaction> {
  return {
    keyword,
    bits,
    summary,
    direction: 'either',
    progress: COMPLETE,
    get: (transaction, toServer) => of(transaction.message(toServer)),
    ...(names && { names }),
  };
}

const ERRORS = Object.fromEntries(ERROR_CODES.map((name, number) => [name, number]));

export const VALUES: readonly ValueDeclaration<Http2Transaction>[] = [
  value('http2.frametype', 8, 'Frame type.', ({ frames }) => frames, FRAME_TYPES),
  value('http2.errorcode', 32, 'Error code of GOAWAY or RST_STREAM.', ({ errors }) => errors, ERRORS),
  value('http2.priority', 8, 'Weight of a stream.', ({ priorities }) => priorities),
  value('http2.window', 32, 'Increment of WINDOW_UPDATE.', ({ windows }) => windows),
  value('http2.size_update', 64, 'New size of the dynamic header table.', ({ tableSizes }) => tableSizes),
];

/** A setting, and the condition on its value. */
interface SettingArgument {
  readonly number: number;
  readonly least: number;
  readonly most: number;
  readonly negated: boolean;
}

const MAX_VALUE = 0xffffffff;

/** `SETTINGS_ENABLE_PUSH=0`, `SETTINGS_HEADER_TABLE_SIZE>4096`, a name alone */
function parseSetting(argument: string | undefined): SettingArgument {
  const match =
    /^\s*([A-Za-z_]\w*|\d{1,5})\s*(?:(<=|>=|<|>|!=?|=)?\s*(\d{1,10})(?:\s*-\s*(\d{1,10}))?)?\s*$/.exec(
      argument ?? '',
    );
  const index = match ? SETTING_NAMES.indexOf(match[1]!.toUpperCase()) : -1;
  const number = index >= 0 ? index + 1 : Number(match?.[1] ?? Number.NaN);
  if (!match || !Number.isInteger(number))
    throw new Error(`"${argument}": expected a setting such as SETTINGS_ENABLE_PUSH=0`);
  if (match[3] === undefined) return { number, least: 0, most: MAX_VALUE, negated: false };
  const a = Number(match[3]);
  if (match[4] !== undefined) return { number, least: a + 1, most: Number(match[4]) - 1, negated: false };
  return { number, ...bounds(match[2] ?? '=', a) };
}

function bounds(sign: string, value: number): Omit<SettingArgument, 'number'> {
  switch (sign) {
    case '<':
      return { least: 0, most: value - 1, negated: false };
    case '<=':
      return { least: 0, most: value, negated: false };
    case '>':
      return { least: value + 1, most: MAX_VALUE, negated: false };
    case '>=':
      return { least: value, most: MAX_VALUE, negated: false };
    default:
      return { least: value, most: value, negated: sign.startsWith('!') };
  }
}

export const SETTINGS_TEST: TestDeclaration<Http2Transaction> = {
  keyword: 'http2.settings',
  direction: 'either',
  progress: COMPLETE,
  summary: 'Value of a setting.',
  grammar: 'SETTING[=|!=|<|>]number',
  parse: parseSetting,
  matches(transaction, toServer, parsed) {
    const { number, least, most, negated } = parsed as SettingArgument;
    return transaction
      .message(toServer)
      .settings.some(
        setting => setting.number === number && (setting.value >= least && setting.value <= most) !== negated,
      );
  },
};
