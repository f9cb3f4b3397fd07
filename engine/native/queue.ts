/** Netfilter queues of the addon: rows of numbers for packets and verdicts, many per call. */

/** uint32 fields of a packet returned by `queueReceive`. */
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
/** Kernel receive time or, if unknown, time of receipt here. */
export const QUEUED_SECONDS = 8;
export const QUEUED_NANOSECONDS = 9;
/** Bits of the QUEUED_FLAG_ constants. */
export const QUEUED_FLAGS = 10;
/** Offset of the conntrack record (see `packet/conntrack.ts`); 0 if not requested. */
export const QUEUED_CONNTRACK = 11;
/** Checksums are not filled in yet: the device, or segmentation, does that. */
export const QUEUED_FLAG_NO_CHECKSUM = 1;
/** Several segments in one packet (GSO), which is segmented after the verdict. */
export const QUEUED_FLAG_GSO = 2;

/** Room that a kernel message takes in addition to its packet. */
export const QUEUE_OVERHEAD = 1024;

/**
 * uint32 fields of a tally: bytes used, overruns of the socket, refused verdicts, invalid messages; and for a ring the
 * error of its socket (an errno).
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
  /** Maximum bytes copied of a packet. */
  readonly copyRange: number;
  /** Maximum number of packets waiting for a verdict. */
  readonly length: number;
  /** Size of the socket's receive buffer. */
  readonly receiveBuffer: number;
  /** If the queue is full, packets are accepted instead of dropped. */
  readonly failOpen: boolean;
  /** Receive large (GSO) packets unsegmented. */
  readonly gso: boolean;
  /** Receive conntrack information with packets. */
  readonly conntrack: boolean;
  /** Let the kernel timestamp packets. */
  readonly timestamps: boolean;
}

export interface NativeQueues {
  /**
   * Opens a netfilter queue that is not in use; no packets arrive yet. @returns its socket, valid in every thread
   * @throws Error naming what is refused
   */
  openQueue(queue: number, settings: QueueSettings): number;
  /** Binds the queue: from here on packets arrive. @throws Error naming what is refused */
  bindQueue(socket: number, queue: number, settings: QueueSettings): void;
  /**
   * Receives what is pending at a queue's socket, without blocking, into `bytes[from, to)`; `from` is a multiple of 8.
   *
   * @param largest maximum bytes of a packet; receiving ends when less room than that is left
   * @param packets room for QUEUED_INTS each
   * @param tally counts are added (see TALLY_INTS), but TALLY_BYTES is set
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
   * Sends `count` verdicts (see VERDICT_INTS), none after a refused one.
   * @returns how many the kernel did not accept: the last ones
   */
  queueVerdicts(
    socket: number,
    queue: number,
    bytes: Uint8Array,
    verdicts: Uint32Array,
    count: number,
  ): number;
  /**
   * Waits until one of the sockets is readable: first busy-polling for at most `busyMicroseconds`, then sleeping.
   * @returns its index, -1 on timeout
   */
  waitReadable(sockets: Uint32Array, milliseconds: number, busyMicroseconds: number): number;
  /** Writes the time: seconds since the epoch, nanoseconds. */
  clockNow(time: Uint32Array): void;
  closeSocket(socket: number): void;
}
