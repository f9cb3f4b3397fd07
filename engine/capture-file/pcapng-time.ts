/** Times of pcapng: 64-bit counts of ticks, whose length is declared per interface. */

/** Ticks per second by default: microseconds. */
export const DEFAULT_RESOLUTION = 1_000_000;

const NANOSECONDS = 1_000_000_000;
/** Below this a remainder shifted by 16 bits is still exact in float64. */
const LARGEST_EXACT = 2 ** 37;

/** Ticks per second of an `if_tsresol`: a power of 10, or of 2 if its highest bit is set. */
export function resolution(value: number): number {
  return value & 0x80 ? 2 ** (value & 0x7f) : 10 ** value;
}

/**
 * Splits a count of ticks into seconds (32 bits) and nanoseconds.
 * @param offset seconds to add (`if_tsoffset`)
 */
export function readTime(
  high: number,
  low: number,
  ticks: number,
  offset: number,
  time: { seconds: number; nanoseconds: number },
): void {
  if (ticks > LARGEST_EXACT) {
    readFineTime(high, low, ticks, offset, time);
    return;
  }
  // Long division, 16 bits at a time.
  const third = (high % ticks) * 65_536 + (low >>> 16);
  const fourth = (third % ticks) * 65_536 + (low & 0xffff);
  const rest = fourth % ticks;
  const quotient =
    Math.floor(high / ticks) * 2 ** 32 + Math.floor(third / ticks) * 65_536 + Math.floor(fourth / ticks);
  time.seconds = (quotient + offset) >>> 0;
  time.nanoseconds =
    NANOSECONDS % ticks === 0 ? rest * (NANOSECONDS / ticks) : Math.floor((rest / ticks) * NANOSECONDS);
}

/** Ticks shorter than about 7 picoseconds: exact but slow arithmetic. */
function readFineTime(
  high: number,
  low: number,
  ticks: number,
  offset: number,
  time: { seconds: number; nanoseconds: number },
): void {
  const count = (BigInt(high) << 32n) | BigInt(low);
  const perSecond = BigInt(ticks);
  time.seconds = Number(BigInt.asUintN(32, count / perSecond + BigInt(offset)));
  time.nanoseconds = Number(((count % perSecond) * BigInt(NANOSECONDS)) / perSecond);
}
