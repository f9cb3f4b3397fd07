/** Packet times in the formats of the outputs. */
import { IsoTimestamp, LineTimestamp } from '../../engine/timestamp.js';

const buffer = new Uint8Array(64);

function textOf(writer: IsoTimestamp | LineTimestamp, seconds: number, nanoseconds: number): string {
  return String.fromCharCode(...buffer.subarray(0, writer.write(seconds, nanoseconds, buffer, 0)));
}

/** `2015-10-06T15:16:43.137833+0000` */
export function isoTime(seconds: number, nanoseconds: number): string {
  return textOf(new IsoTimestamp(), seconds, nanoseconds);
}

/** `11/24/2009-18:57:25.179869` */
export function lineTime(seconds: number, nanoseconds: number): string {
  return textOf(new LineTimestamp(), seconds, nanoseconds);
}
