/**
 * The native addon, typed and loaded in this one file: pattern matching (Hyperscan), regular expressions
 * (PCRE2), checksums and CPU affinity. Everything here has a pure TypeScript counterpart except live capture;
 * `native()` is `undefined` where the addon is not built, and `nativeProblem()` says why.
 *
 * Bytes are handed over as one Uint8Array over the shared memory plus offsets into it, so nothing is copied
 * and one call serves a whole batch. Numbers that identify databases and expressions are valid in every
 * thread of the process.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { packaged } from './compiled.js';

/** Bits of `NativePattern.flags`. */
export const PATTERN_CASELESS = 1;
/** The pattern is a Hyperscan regular expression; otherwise its bytes are taken literally. */
export const PATTERN_REGEX = 2;
/** Constructs that Hyperscan lacks are widened: it may match more, never less. For regular expressions. */
export const PATTERN_PREFILTER = 4;

export interface NativePattern {
  /** Reported on a match; below 2^31. Patterns of one id are alternatives: the id is reported once. */
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly flags: number;
}

/** What one database is made of. */
export interface NativePatternSet {
  readonly patterns: readonly NativePattern[];
  readonly streaming: boolean;
}

/** Four uint32 per job of `scan`: database, stream (0: block mode), offset, length. */
export const JOB_INTS = 4;
/** Three uint32 per match: index of the job, id of the pattern, end of the match relative to the job's data. */
export const MATCH_INTS = 3;

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
/** Where what the kernel knows of the connection lies (see `conntrack.ts`); 0 when it was not asked for. */
export const QUEUED_CONNTRACK = 11;
/** Checksums are not written yet: the device, or whoever cuts the packet up, does that. */
export const QUEUED_FLAG_NO_CHECKSUM = 1;
/** Several segments in one packet, which are cut up after the verdict. */
export const QUEUED_FLAG_GSO = 2;

/** Room that a message of the kernel takes beside the packet in it. */
export const QUEUE_OVERHEAD = 1024;

/** uint32 fields of a tally: bytes used, overruns of the socket, refused verdicts, messages not understood. */
export const TALLY_INTS = 6;
export const TALLY_BYTES = 0;
export const TALLY_OVERRUNS = 1;
export const TALLY_REFUSED = 2;
export const TALLY_STRANGE = 3;

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

export interface RingSettings {
  /** Bytes of a block (a multiple of the page size), and number of blocks. */
  readonly blockSize: number;
  readonly blocks: number;
  /** Milliseconds after which a block that is not full is handed over. */
  readonly timeout: number;
  /** Sockets of one group share the packets of a device, by PACKET_FANOUT_ type with its flags; 0: no group. */
  readonly fanout: number;
  readonly fanoutType: number;
  readonly promiscuous: boolean;
  /** Leaves out what this host sends. */
  readonly ignoreOutgoing: boolean;
}

/** A ring as one thread has mapped it. */
export interface PacketRing {
  readonly _ring: never;
}

export interface Native {
  /** Versions of its libraries: `{ hyperscan, pcre2 }`; `hyperscan` only where the processor can run it. */
  readonly versions: Record<string, string>;

  /** Compiles a database for block or streaming use. @throws Error naming the pattern that is refused. */
  compileDatabase(patterns: readonly NativePattern[], streaming: boolean): number;
  /** Compiles a database for each set, on as many threads as there are processors. @returns their numbers */
  compileDatabases(sets: readonly NativePatternSet[]): number[];
  /** The database as bytes, to keep in a cache file (only for the same Hyperscan version and CPU). */
  serializeDatabase(database: number): Buffer;
  /** @throws Error when the bytes are no database of this version and platform. */
  deserializeDatabase(bytes: Uint8Array): number;
  /** Gives its number back; the memory is freed once no thread and no open stream uses it any more. */
  releaseDatabase(database: number): void;
  /** Bytes of the database, and of one stream's state (0 in block mode). */
  databaseSize(database: number): { bytes: number; streamBytes: number };

  /**
   * Opens streaming state for `database`; closes it. Stream numbers belong to the calling thread.
   * 0 is never a stream.
   */
  openStream(database: number): number;
  closeStream(stream: number): void;

  /**
   * Scans `count` jobs (see JOB_INTS) over `bytes`. Each id is reported at most once per job, with its first
   * end. The database of a stream is the one it was opened with. Matches are written to `matches` (see
   * MATCH_INTS).
   * @returns how many matches there are; when more than fit, the rest is fetched with `moreMatches`.
   */
  scan(bytes: Uint8Array, jobs: Uint32Array, count: number, matches: Uint32Array): number;
  /** Copies matches of the last scan from number `from` on; @returns how many were copied. */
  moreMatches(from: number, matches: Uint32Array): number;

  /**
   * Compiles a PCRE2 expression with JIT. `options`: letters i m s x (as in Perl), A anchored, E dollar end only,
   * G ungreedy, u UTF; without u each character of `pattern` is one byte. Limits bound backtracking, 0 is
   * PCRE2's default.
   * @throws Error with PCRE2's message and the offset in the pattern.
   */
  compileExpression(pattern: string, options: string, matchLimit: number, recursionLimit: number): number;
  /** Highest group number, and the numbers of named groups. */
  expressionGroups(expression: number): { count: number; names: Record<string, number> };
  /**
   * Matches from `start` on in `bytes[from, end)` (start is absolute, lookbehind may see from `from`).
   * Writes pairs of absolute offsets to `groups` (0xFFFFFFFF: unset).
   * @returns number of pairs; 0: no match; -1: a limit was reached; -2: another error.
   */
  matchExpression(
    expression: number,
    bytes: Uint8Array,
    from: number,
    start: number,
    end: number,
    groups: Uint32Array,
  ): number;
  releaseExpression(expression: number): void;

  /**
   * Loads a database of libmagic for this thread; the system's own for an empty path.
   * @returns false where there is no libmagic, or no such database
   */
  loadMagic(database: string): boolean;
  /** The kind of a file by its first bytes, as file(1) words it; undefined without a database. */
  kindOfFile(bytes: Uint8Array): string | undefined;

  /**
   * Internet checksum (RFC 1071) over `bytes[offset, offset+length)`, as it is written to a header; 0 when the
   * data holds its right checksum. `initial`: a sum of 16-bit words to start from, below 2^32.
   */
  checksum(bytes: Uint8Array, offset: number, length: number, initial: number): number;

  /**
   * Binds a netfilter queue. @returns its socket, valid in every thread
   * @throws Error that names what is refused
   */
  openQueue(queue: number, settings: QueueSettings): number;
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
  /** Sends `count` verdicts (see VERDICT_INTS). @returns how many the kernel did not take */
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

  /** Opens an AF_PACKET socket with a ring. @throws Error that names the device and what is refused */
  openPacketSocket(device: string, settings: RingSettings): number;
  /** Maps the ring of a socket; one thread at a time reads it. */
  mapRing(socket: number, blockSize: number, blocks: number): PacketRing;
  /** As `queueReceive`, from a ring. Of the tally only TALLY_BYTES is set; QUEUED_ID is 0, QUEUED_HOOK a PACKET_ type. */
  ringReceive(
    ring: PacketRing,
    bytes: Uint8Array,
    from: number,
    to: number,
    largest: number,
    packets: Uint32Array,
    tally: Uint32Array,
  ): number;
  /** Packets and packets dropped since the last call. */
  packetStatistics(socket: number, out: Uint32Array): void;
  /** ARPHRD_ type of a device. @throws Error when there is no such device */
  deviceType(device: string): number;
  /** Sends frames: pairs of offset and length in `bytes`. @returns how many were taken */
  sendFrames(socket: number, bytes: Uint8Array, frames: Uint32Array, count: number): number;

  /**
   * Opens a socket that sends IP packets of the caller's making. `mark` is put on each (0: none), `device` is where
   * they leave ('': as routes say). @throws Error with the system's reason
   */
  openRawSocket(version: 4 | 6, mark: number, device: string): number;
  /** Sends `bytes[0, length)`, which begin with an IP header. @returns false when the system refused */
  sendRaw(socket: number, bytes: Uint8Array, length: number): boolean;

  /** Becomes this user and group and keeps the capabilities of a sensor: NET_ADMIN, NET_RAW, IPC_LOCK, SYS_NICE. */
  dropPrivileges(user: number, group: number): void;
  /** Tells the service manager, at the socket that NOTIFY_SOCKET names. @returns whether it was sent */
  notifyService(socket: string, text: string): boolean;

  /** Pins the calling thread to these CPUs. @throws Error with the system's reason. */
  setAffinity(cpus: readonly number[]): void;
  /** Kernel thread id of the caller; and its name as `top -H` shows it (15 characters). */
  threadId(): number;
  setThreadName(name: string): void;
  /** CPU time of the calling thread in seconds. */
  threadCpuSeconds(): number;
  /**
   * Calls `work`, and interrupts it when it does not come back in time. Not there where Node's headers were not, when
   * the addon was built.
   * @returns false when it was interrupted. @throws whatever `work` throws
   */
  runGuarded?(work: () => void, milliseconds: number): boolean;
}

let loaded: Native | undefined;
let problem: string | undefined;

/** The addon, or undefined where it is not built or `SLUICE_NATIVE=off`. */
export function native(): Native | undefined {
  if (!loaded && problem === undefined) load();
  return loaded;
}

/** Why `native()` is undefined, in one line. */
export function nativeProblem(): string | undefined {
  native();
  return problem;
}

function load(): void {
  if (process.env['SLUICE_NATIVE'] === 'off') {
    problem = 'switched off by SLUICE_NATIVE=off';
    return;
  }
  const path = fileURLToPath(packaged('native/build/Release/sluice.node'));
  try {
    loaded = createRequire(import.meta.url)(path) as Native;
  } catch (error) {
    problem = `the addon is not built (${(error as Error).message.split('\n')[0]}); run: node engine/setup/setup.mjs`;
  }
}
