/** byte_test, byte_jump, ipopts and absent in the format of engine analysis. */
import type { ByteFormat } from '../keywords/byte-arguments.js';
import type { ByteJumpMatch } from '../keywords/byte-jump.js';
import type { ByteTestMatch } from '../keywords/byte-test.js';
import { ipOptionName } from '../keywords/ip.js';
import type { Match } from '../signature.js';

type Json = Record<string, unknown>;

const BASES: Readonly<Record<number, string>> = { 8: 'oct', 10: 'dec', 16: 'hex' };

/** The JSON member of a condition with one of these keywords; empty for others. */
export function byteJson(match: Match): Json {
  if (match.kind === 'byte_test') return { byte_test: testJson(match as ByteTestMatch) };
  if (match.kind === 'byte_jump') return { byte_jump: jumpJson(match as ByteJumpMatch) };
  if (match.kind === 'ipopts') return { ipopts: { option: ipOptionName(match['option'] as number) } };
  if (match.kind === 'absent') return { absent: { or_else: match['orElse'] === true } };
  return {};
}

/** Variables have no number: 0, as Suricata prints them. */
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

function testJson(test: ByteTestMatch): Json {
  return {
    nbytes: numberOf(test.bytes),
    offset: numberOf(test.offset),
    base: BASES[test.base ?? 0] ?? 'unset',
    flags: formatFlags(test),
  };
}

function jumpJson(jump: ByteJumpMatch): Json {
  const flags = formatFlags(jump);
  if (jump.from === 'beginning') flags.unshift('from_beginning');
  if (jump.align) flags.push('align');
  if (jump.from === 'end') flags.push('from_end');
  return {
    nbytes: numberOf(jump.bytes),
    offset: numberOf(jump.offset),
    multiplier: jump.multiplier,
    post_offset: jump.postOffset,
    base: BASES[jump.base ?? 0] ?? 'unset',
    flags,
  };
}

function formatFlags(format: ByteFormat): string[] {
  const flags: string[] = [];
  if (format.endian) flags.push(format.littleEndian ? 'little' : 'big');
  if (format.base !== undefined) flags.push('string');
  if (format.relative) flags.push('relative');
  if (format.dce) flags.push('dce');
  return flags;
}
