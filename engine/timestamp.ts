/**
 * Packet times as text in the local time zone, as bytes: `2016-07-13T22:42:07.573103+0000` for EVE records and
 * `07/13/2016-22:42:07.573103` for line logs. Texts of recent seconds are cached.
 */

const ZERO = 0x30;

/** Number of cached seconds: those of packets are close together, those of flow starts are not. */
const CACHED_SECONDS = 256;
const TEXT_CAPACITY = 32;

abstract class SecondText {
  private readonly seconds = new Float64Array(CACHED_SECONDS).fill(Number.NaN);
  /** The texts of the cached seconds, all of the same length. */
  protected readonly texts = new Uint8Array(CACHED_SECONDS * TEXT_CAPACITY);
  protected textLength = 0;

  /** @returns offset in `texts` of the second's text */
  protected offsetOf(second: number): number {
    const index = second & (CACHED_SECONDS - 1);
    if (this.seconds[index] !== second) this.cache(second, index);
    return index * TEXT_CAPACITY;
  }

  private cache(second: number, index: number): void {
    const text = this.format(new Date(second * 1000));
    this.seconds[index] = second;
    this.textLength = text.length;
    for (let i = 0; i < text.length; i++) this.texts[index * TEXT_CAPACITY + i] = text.charCodeAt(i);
  }

  protected abstract format(date: Date): string;
}

/** Writes EVE timestamps. */
export class IsoTimestamp extends SecondText {
  /** Length of the zone at the end. */
  private static readonly ZONE = 5;
  static readonly LENGTH = 31;

  /** @returns the position after the text written to `out` at `at` */
  write(seconds: number, nanoseconds: number, out: Uint8Array, at: number): number {
    const { texts } = this;
    const start = this.offsetOf(seconds);
    const end = start + this.textLength;
    const split = end - IsoTimestamp.ZONE;
    for (let i = start; i < split; i++) out[at++] = texts[i]!;
    at = writeMicroseconds(nanoseconds, out, at);
    for (let i = split; i < end; i++) out[at++] = texts[i]!;
    return at;
  }

  protected override format(date: Date): string {
    const day = `${year(date)}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    return `${day}T${clock(date)}.${zone(date)}`;
  }
}

/** Writes the timestamps of line logs. */
export class LineTimestamp extends SecondText {
  static readonly LENGTH = 26;

  /** @returns the position after the text written to `out` at `at` */
  write(seconds: number, nanoseconds: number, out: Uint8Array, at: number): number {
    const start = this.offsetOf(seconds);
    for (let i = 0; i < this.textLength; i++) out[at++] = this.texts[start + i]!;
    return writeMicroseconds(nanoseconds, out, at);
  }

  protected override format(date: Date): string {
    return `${two(date.getMonth() + 1)}/${two(date.getDate())}/${year(date)}-${clock(date)}.`;
  }
}

function writeMicroseconds(nanoseconds: number, out: Uint8Array, at: number): number {
  let rest = (nanoseconds / 1000) | 0;
  for (let i = at + 5; i >= at; i--) {
    const tenth = (rest / 10) | 0;
    out[i] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return at + 6;
}

function year(date: Date): string {
  return String(date.getFullYear()).padStart(4, '0');
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `+0530` */
function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}${two(absolute % 60)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
