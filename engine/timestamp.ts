/**
 * Packet times as text in the local time zone, as bytes: `2016-07-13T22:42:07.573103+0000` for EVE records and
 * `07/13/2016-22:42:07.573103` for line logs. The second's text is kept, as records come in order of time.
 */

const ZERO = 0x30;

abstract class SecondText {
  private second = Number.NaN;
  protected readonly text = new Uint8Array(40);
  protected textLength = 0;

  protected at(second: number): void {
    if (second === this.second) return;
    this.second = second;
    const text = this.format(new Date(second * 1000));
    this.textLength = text.length;
    for (let i = 0; i < text.length; i++) this.text[i] = text.charCodeAt(i);
  }

  protected abstract format(date: Date): string;
}

/** Writes EVE timestamps. */
export class IsoTimestamp extends SecondText {
  /** The zone, at the end. */
  private static readonly ZONE = 5;
  static readonly LENGTH = 31;

  /** @returns the position behind what was written to `out` from `at` on */
  write(seconds: number, nanoseconds: number, out: Uint8Array, at: number): number {
    this.at(seconds);
    const split = this.textLength - IsoTimestamp.ZONE;
    for (let i = 0; i < split; i++) out[at++] = this.text[i]!;
    at = writeMicroseconds(nanoseconds, out, at);
    for (let i = split; i < this.textLength; i++) out[at++] = this.text[i]!;
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

  /** @returns the position behind what was written to `out` from `at` on */
  write(seconds: number, nanoseconds: number, out: Uint8Array, at: number): number {
    this.at(seconds);
    for (let i = 0; i < this.textLength; i++) out[at++] = this.text[i]!;
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
