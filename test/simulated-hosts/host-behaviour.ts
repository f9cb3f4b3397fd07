/** Behaviour of a host. */

/** After this many received bytes, this many own bytes may be sent. */
export interface SendLimit {
  readonly heard: number;
  readonly upTo: number;
}

export interface Manner {
  /** Opens the connection; both may (RFC 9293 section 3.5, figure 7). */
  readonly opens: boolean;
  /** Size of the receive buffer, and the window scale. */
  readonly buffer: number;
  readonly scale: number | undefined;
  readonly timestamps: boolean;
  readonly sack: boolean;
  /** Largest payload of a segment. */
  readonly mss: number;
  /** Closed windows are probed by a byte beyond them, too. */
  readonly byteProbes: boolean;
  /** Shrinks windows after announcing them. */
  readonly shrinks: boolean;
  /** Number of bytes that the application sends before a pause. */
  readonly portion: number;
  /** Bytes of its keep-alives, undefined if it sends none (RFC 9293 section 3.8.4). */
  readonly keepAlive: 0 | 1 | undefined;
  /** Sends nothing before the other side has sent all. */
  readonly listensFirst: boolean;
  /** What it sends, in parts: the first at once, each other after it has received this many bytes. */
  readonly says: readonly SendLimit[] | undefined;
  /** Positions of urgent bytes (RFC 6093): segments that contain them end there. */
  readonly urgent: readonly number[];
  /** Resets the connection at this time, in milliseconds. */
  readonly resetsAt: number;
  /** Bytes in the SYN of a client, and how many a server accepts with it (RFC 7413). */
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
