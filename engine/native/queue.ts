/** Netfilter queues of the addon: rows of numbers for what is received and answered, many in one call. */

/** uint32 fields of a packet that `queueReceive` tells of. */
export const QUEUED_INTS = 12;
export const QUEUED_ID = 0;
/** Offset in the bytes, length there, and length of the packet itself. */
export const QUEUED_DATA = 1;
export const QUEUED_LENGTH = 2;
export const QUEUED_WIRE_LENGTH = 3;
export const QUEUED_MARK = 4;
/** Netfilter hook (2: forward), and interface indexes (0: none). */
export const QUEUED_HOOK = 5;
export const QUEUED_IN = 6;
export const QUEUED_OUT = 7;
/** When the kernel got it, or where that is not known when it was received. */
export const QUEUED_SECONDS = 8;
export const QUEUED_NANOSECONDS = 9;
/** Bits of the QUEUED_FLAG_ constants. */
export const QUEUED_FLAGS = 10;
/** Where what the kernel knows of the connection lies (see `packet/conntrack.ts`); 0 when it was not asked for. */
export const QUEUED_CONNTRACK = 11;
/** Checksums are not written yet: the device, or whoever cuts the packet up, does that. */
export const QUEUED_FLAG_NO_CHECKSUM = 1;
/** Several segments in one packet, which are cut up after the verdict. */
export const QUEUED_FLAG_GSO = 2;

/** Room that a message of the kernel takes beside the packet in it. */
export const QUEUE_OVERHEAD = 1024;

/**
 * uint32 fields of a tally: bytes used, overruns of the socket, refused verdicts, messages not understood; and of a ring what
 * has become of its socket (an errno).
 */
export const TALLY_INTS = 6;
export const TALLY_BYTES = 0;
export const TALLY_OVERRUNS = 1;
export const TALLY_REFUSED = 2;
export const TALLY_STRANGE = 3;
export const TALLY_ERROR = 4;

/** uint32 fields of a verdict. */
export const VERDICT_INTS = 6;
export const VERDICT_ID = 0;
/** Netfilter's verdict, e.g. 1: accept. */
export const VERDICT_ANSWER = 1;
/** Bits of the constants below. */
export const VERDICT_FLAGS = 2;
export const VERDICT_MARK = 3;
/** Offset and length of the packet's new bytes. */
export const VERDICT_DATA = 4;
export const VERDICT_LENGTH = 5;
export const VERDICT_SET_MARK = 1;
export const VERDICT_WITH_PAYLOAD = 2;
/** For all packets with this id or a lower one that have no verdict yet. */
export const VERDICT_UP_TO_HERE = 4;

export interface QueueSettings {
  /** Bytes of a packet that are copied. */
  readonly copyRange: number;
  /** Packets that wait for a verdict at most. */
  readonly length: number;
  /** Bytes of the socket's buffer. */
  readonly receiveBuffer: number;
  /** What is too much is accepted instead of dropped. */
  readonly failOpen: boolean;
  /** Take large packets as they are instead of having them cut up. */
  readonly gso: boolean;
  /** Have packets told with what the kernel knows of their connection. */
  readonly conntrack: boolean;
  /** Let the kernel note when packets come. */
  readonly timestamps: boolean;
}

export interface NativeQueues {
  /**
   * Opens a netfilter queue that nobody else has; no packet comes yet. @returns its socket, valid in every thread
   * @throws Error that names what is refused
   */
  openQueue(queue: number, settings: QueueSettings): number;
  /** Binds the queue: from here on packets come. @throws Error that names what is refused */
  bindQueue(socket: number, queue: number, settings: QueueSettings): void;
  /**
   * Takes what waits at a queue's socket, without waiting, into `bytes[from, to)`; `from` is a multiple of 8.
   *
   * @param largest bytes of a packet at most; receiving ends when less room than that is left
   * @param packets room for QUEUED_INTS each
   * @param tally counts are added to what is there (see TALLY_INTS), but TALLY_BYTES is set
   * @returns number of packets
   */
  queueReceive(
    socket: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    largest: number,
    packets: Uint32Array,
    tally: Uint32Array,
  ): number;
  /**
   * Sends `count` verdicts (see VERDICT_INTS), none behind one that is refused.
   * @returns how many the kernel did not take: the last ones
   */
  queueVerdicts(
    socket: number,
    queue: number,
    bytes: Uint8Array,
    verdicts: Uint32Array,
    count: number,
  ): number;
  /**
   * Waits until one of the sockets has something to read: first without sleeping for `busyMicroseconds` at most, then
   * asleep. @returns its index, -1 when time is over
   */
  waitReadable(sockets: Uint32Array, milliseconds: number, busyMicroseconds: number): number;
  /** Writes the time: seconds since the epoch, nanoseconds. */
  clockNow(time: Uint32Array): void;
  closeSocket(socket: number): void;
}
