/** A TCP segment between hosts, with numbers relative to the initial ones of both sides. */
import type { Options, Step } from '../stream-tracking/conversation.js';

export type Side = '>' | '<';

export interface Segment {
  readonly from: Side;
  readonly seq: number;
  readonly ack: number | undefined;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly data: string;
  /** Its last byte is urgent. */
  readonly urgent: boolean;
  /** As on the wire. */
  readonly window: number;
  readonly options: Options;
  /** Index of the connection between the hosts. */
  readonly connection: number;
}

/** Difference between initial sequence numbers of consecutive connections. */
export const NEXT_CONNECTION = 1_000_000;

/** The packet given to the sensor. */
export function stepOf(segment: Segment): Step {
  const { from, syn, fin, rst, data, urgent, window, options, connection } = segment;
  const shift = connection * NEXT_CONNECTION;
  const flags = `${syn ? 'S' : ''}${fin ? 'F' : ''}${rst ? 'R' : ''}${data ? 'P' : ''}${urgent ? 'U' : ''}`;
  const step = {
    from,
    seq: segment.seq + shift,
    data,
    urgent: urgent ? data.length : 0,
    window,
    options: moved(options, shift),
  };
  if (segment.ack === undefined) return { ...step, flags };
  return { ...step, flags: `${flags}A`, ack: segment.ack + shift };
}

function moved(options: Options, shift: number): Options {
  if (shift === 0 || !options.sack) return options;
  return { ...options, sack: options.sack.map(([left, right]) => [left + shift, right + shift] as const) };
}
