/** How a host speaks. */

/** When so many bytes were heard, so many of the own may have been said. */
export interface Said {
  readonly heard: number;
  readonly upTo: number;
}

export interface Manner {
  /** Calls the other; both may (RFC 9293 section 3.5, figure 7). */
  readonly opens: boolean;
  /** What its receiver holds for the application at most, and the scale of the windows that it tells. */
  readonly buffer: number;
  readonly scale: number | undefined;
  readonly timestamps: boolean;
  readonly sack: boolean;
  /** Largest payload of a segment. */
  readonly mss: number;
  /** Windows that stay closed are probed by a byte behind them too. */
  readonly byteProbes: boolean;
  /** Takes back windows that it has told. */
  readonly shrinks: boolean;
  /** Bytes that the application says before it is silent for a while. */
  readonly portion: number;
  /** Bytes of its keep-alives, undefined when it sends none (RFC 9293 section 3.8.4). */
  readonly keepAlive: 0 | 1 | undefined;
  /** Says nothing before the other has said all. */
  readonly listensFirst: boolean;
  /** What it says when: the first bytes at once, the next when it has heard so many of the other's. */
  readonly says: readonly Said[] | undefined;
  /** Places of bytes that are urgent (RFC 6093): the segments with them end there. */
  readonly urgent: readonly number[];
  /** Gives the connection up at this time, in milliseconds. */
  readonly resetsAt: number;
  /** Bytes that the SYN of a client brings, and that a server takes with it (RFC 7413). */
  readonly fastOpen: number;
}

export const USUAL: Manner = {
  opens: false,
  buffer: 400,
  scale: undefined,
  timestamps: true,
  sack: false,
  mss: 120,
  byteProbes: false,
  shrinks: false,
  portion: Number.POSITIVE_INFINITY,
  keepAlive: undefined,
  listensFirst: false,
  says: undefined,
  urgent: [],
  resetsAt: Number.POSITIVE_INFINITY,
  fastOpen: 0,
};
