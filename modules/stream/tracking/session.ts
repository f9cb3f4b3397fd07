/**
 * The record of a TCP session: a row of int32 parallel to the flow's row, with one part for each direction of data.
 *
 * A direction's part describes the data its sender sends; its WINDOW is the one the receiver grants. Sequence numbers
 * are int32 and compared by their difference: `(a - b) | 0`.
 */

export const INTS = 64;

// ── the session ──────────────────────────────────────────────────────────────────────────────────────
/** One of the states of `engine/stream/tcp-state.ts`, and the one before a reset. */
export const STATE = 0;
export const STATE_BEFORE_RESET = 1;
/** Bits of the SESSION_ constants. */
export const FLAGS = 2;
/** First entry of the queue of SYNs (in SYN_SENT) or SYN/ACKs (in SYN_RECV), and the number of entries. */
export const QUEUE = 3;
export const QUEUE_LENGTH = 4;

/** Where the parts of the directions begin: data of the client, data of the server. */
export const CLIENT = 16;
export const SERVER = 40;

// ── one direction: offsets from CLIENT or SERVER ─────────────────────────────────────────────────────
export const ISN = 0;
/** One above the highest sequence number sent. */
export const NEXT_SEQ = 1;
/** Highest acknowledgment of the receiver. */
export const LAST_ACK = 2;
/** Window of the receiver, scaled; its scale; and the right edge it has granted so far. */
export const WINDOW = 3;
export const SCALE = 4;
export const NEXT_WIN = 5;
/** Bits of the DIRECTION_ constants. */
export const DIRECTION_FLAGS = 6;
/** Timestamp that later segments are compared with (RFC 7323: TS.Recent), and the second of the last segment. */
export const TIMESTAMP = 7;
export const TIMESTAMP_SECONDS = 8;
/** Operating system of the receiver: a constant of `os-policy.ts`. */
export const POLICY = 9;
/** Next sequence number the receiver expects, judging by the segments seen: contiguous data ends here. */
export const RECEIVED = 10;
/** Data after a gap (one run), whose end becomes RECEIVED once the gap is filled. */
export const AFTER_GAP = 11;
export const AFTER_GAP_END = 12;
/** Right edge of what the receiver reported by SACK. */
export const SACKED = 13;
/** Sequence number of the FIN (when DIRECTION_FIN is set). */
export const FIN_SEQ = 14;
/** … and of the first byte of its segment. */
export const FIN_START = 15;
/** Largest window advertised by its receiver (RFC 5961: MAX.SND.WND). */
export const MAX_WINDOW = 16;

// ── FLAGS ────────────────────────────────────────────────────────────────────────────────────────────
export const SESSION_MIDSTREAM = 1 << 0;
/** Picked up by a SYN/ACK. */
export const SESSION_MIDSTREAM_SYNACK = 1 << 1;
/** Only one side is seen. */
export const SESSION_ASYNC = 1 << 2;
/** Both sides agreed on timestamps. */
export const SESSION_TIMESTAMPS = 1 << 3;
export const SESSION_CLIENT_SACK = 1 << 4;
export const SESSION_SACK = 1 << 5;
/** The SYN offered window scaling. */
export const SESSION_CLIENT_SCALE = 1 << 6;
/** The server answered the SYN with a SYN of its own. */
export const SESSION_4WHS = 1 << 7;
export const SESSION_FAST_OPEN = 1 << 8;
/** The handshake was confirmed by a segment of the client after it. */
export const SESSION_CONFIRMED = 1 << 9;
/** An ACK with a wrong number came in SYN_RECV: some systems answer it with a reset that closes nothing. */
export const SESSION_EVASION = 1 << 10;
export const SESSION_RESET = 1 << 11;
/** The SYN/ACK did not acknowledge the data of the SYN. */
export const SESSION_SYN_DATA_IGNORED = 1 << 12;

// ── DIRECTION_FLAGS ──────────────────────────────────────────────────────────────────────────────────
/** The sender uses timestamps. */
export const DIRECTION_TIMESTAMPS = 1 << 0;
/** The handshake's timestamp was 0. */
export const DIRECTION_ZERO_TIMESTAMP = 1 << 1;
/** The sender's last segment was a keep-alive. */
export const DIRECTION_KEEP_ALIVE = 1 << 2;
/** The sender sent a reset that closed the session. */
export const DIRECTION_RESET = 1 << 3;
/** The direction was opened in the reassembler. */
export const DIRECTION_OPEN = 1 << 4;
export const DIRECTION_FIN = 1 << 5;
export const DIRECTION_FINISHED = 1 << 6;
/** Data waits after a gap. */
export const DIRECTION_GAP = 1 << 7;
/** … and carried a signature that only its receiver can verify: it may have been refused. */
export const DIRECTION_SIGNED_RESET = 1 << 8;
