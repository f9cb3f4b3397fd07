/**
 * The flow record: one flow, as a row of 64 int32 in shared memory.
 *
 * Written by the thread that owns the flow table, except for the columns under "detection" which belong to the thread
 * that inspects the flow. A packet names its flow by row number (`Packet.FLOW`); the row is freed when the flow's
 * PSEUDO_FLOW_END packet has returned to its pool, so a packet in flight never refers to a row in use by another flow.
 */

export const INTS = 64;
/** Index unit of the float64 columns: `flows.row64[flow * DOUBLES + BYTES_TO_SERVER]`. */
export const DOUBLES = 32;

/** Addresses, network byte order, 4 ints each (IPv4 in the first; the rest 0): client, then server. */
export const CLIENT_ADDRESS = 0;
export const SERVER_ADDRESS = 4;
export const CLIENT_PORT = 8;
export const SERVER_PORT = 9;
/** IP protocol number. */
export const PROTOCOL = 10;
/** 4 or 6. */
export const IP_VERSION = 11;
export const HASH = 12;
/** ICMP type and code of the first packet if PROTOCOL is ICMP. */
export const ICMP_TYPE = 13;
export const ICMP_CODE = 14;
/** Time at which the flow was bypassed, TCP and UDP only (see `hasPorts`). */
export const BYPASSED_SECONDS = ICMP_CODE;
export const RECURSION = 15;
export const VLAN_COUNT = 16;
export const VLAN_ID_0 = 17;
export const VLAN_ID_1 = 18;
export const VLAN_ID_2 = 19;
/** One of the STATE_ constants. */
export const STATE = 20;
/** Bits of the FLAG_ constants. */
export const FLAGS = 21;
/** First and last packet: seconds, nanoseconds. */
export const START_SECONDS = 22;
export const START_NANOSECONDS = 23;
export const LAST_SECONDS = 24;
export const LAST_NANOSECONDS = 25;
export const PACKETS_TO_SERVER = 26;
export const PACKETS_TO_CLIENT = 27;
/** All TCP flags seen, per direction, and TCP state (`modules/stream`: its own numbers) at the end. */
export const TCP_FLAGS_TO_SERVER = 28;
export const TCP_FLAGS_TO_CLIENT = 29;
export const TCP_STATE = 30;
/**
 * The lower eight bits: one of the REASON_ constants, set when the flow ends. Above them: source of its first packet
 * (`Packet.SOURCE`).
 */
export const END_REASON = 31;
export const END_REASON_MASK = 0xff;
export const SOURCE_SHIFT = 8;
/** float64 columns (bytes): index with DOUBLES. They occupy ints 32 … 35. */
export const BYTES_TO_SERVER = 16;
export const BYTES_TO_CLIENT = 17;
/** float64: packets and bytes that were bypassed, to server and to client: ints 36 … 43. */
export const BYPASSED_PACKETS_TO_SERVER = 18;
export const BYPASSED_PACKETS_TO_CLIENT = 19;
export const BYPASSED_BYTES_TO_SERVER = 20;
export const BYPASSED_BYTES_TO_CLIENT = 21;
/** EVE's flow_id, see `flowId`: derived from the hash and the start of the flow. */
export const ID_LOW = 44;
export const ID_HIGH = 45;
/** Number (pcap_cnt) of the first packet. */
export const FIRST_NUMBER = 46;
/**
 * MAC addresses are not kept here: outputs read them from the packet. Private to the flow module: number of the last
 * batch with packets of the flow, and the values of LAST_SECONDS, LAST_NANOSECONDS, TTLS and LAST_NUMBER before it (TCP
 * only).
 */
export const BATCH = 47;
export const LAST_SECONDS_BEFORE = 48;
export const LAST_NANOSECONDS_BEFORE = 49;
export const TTLS_BEFORE = 50;
export const LAST_NUMBER_BEFORE = ICMP_TYPE;
/** Lowest and highest TTL or hop limit, a byte each from the lowest: min to server, max, min to client, max. */
export const TTLS = 51;
/** Bits of the exception policies that were applied (see `exception-policy.ts`). */
export const EXCEPTIONS = 62;
/** Number (pcap_cnt) of the last packet. */
export const LAST_NUMBER = 63;
/** ESP has no ports: both hold its SPI. */
export const ESP_SPI = CLIENT_PORT;

// ── detection's columns (written by the inspecting thread only) ─────────────────────────────────────
/** Application protocol number in the protocol list; 0 unknown, -1 failed. Then as recognised per side. */
export const APP_PROTOCOL = 52;
export const APP_PROTOCOL_TO_SERVER = 53;
export const APP_PROTOCOL_TO_CLIENT = 54;
/** Protocol before an upgrade (STARTTLS, CONNECT), and the expected one. */
export const APP_PROTOCOL_ORIGINAL = 55;
export const APP_PROTOCOL_EXPECTED = 56;
/** Number of alerts of the flow. */
export const ALERTS = 57;
/** One of the ACTION_ constants. */
export const ACTION = 58;
/** Detection flags private to detect and app. */
export const DETECT_FLAGS = 59;
/** Bit of DETECT_FLAGS: the flow was dropped when its session was established. Later packets change no session. */
export const DETECT_DROPPED_ESTABLISHED = 1 << 4;
/** Bits of FLAGS (set by policies) and of DETECT_FLAGS (by rules): the flow was rejected with resets to this side. */
export const RESET_CLIENT = 1 << 12;
export const RESET_SERVER = 1 << 13;
/** Transactions seen. */
export const TRANSACTIONS = 60;
/** Why the flow was dropped: a reason of `verdict.ts`. */
export const DROP_REASON = 61;

// ── STATE ────────────────────────────────────────────────────────────────────────────────────────────
export const STATE_FREE = 0;
export const STATE_NEW = 1;
export const STATE_ESTABLISHED = 2;
export const STATE_CLOSED = 3;
export const STATE_LOCAL_BYPASSED = 4;
export const STATE_CAPTURE_BYPASSED = 5;

// ── FLAGS ────────────────────────────────────────────────────────────────────────────────────────────
export const FLAG_TO_SERVER_SEEN = 1 << 0;
export const FLAG_TO_CLIENT_SEEN = 1 << 1;
export const FLAG_EMERGENCY = 1 << 3;
/** End of flow was passed on; the row is freed when its packet returns. */
export const FLAG_ENDING = 1 << 5;
export const FLAG_DROPPED = 1 << 6;
export const FLAG_PASSED = 1 << 7;
export const FLAG_BYPASSED = 1 << 8;
/** Exceeded the byte rate of `flow.rate-tracking`. */
export const FLAG_ELEPHANT = 1 << 11;
/** The upper half of FLAGS has the link type of the first packet. */
export const LINK_TYPE_SHIFT = 16;

// ── END_REASON ───────────────────────────────────────────────────────────────────────────────────────
export const REASON_UNKNOWN = 0;
export const REASON_TIMEOUT = 1;
export const REASON_FORCED = 2;
export const REASON_SHUTDOWN = 3;
export const REASON_TCP_REUSE = 4;

// ── ACTION ───────────────────────────────────────────────────────────────────────────────────────────
export const ACTION_NONE = 0;
export const ACTION_PASS = 1;
export const ACTION_DROP = 2;
export const ACTION_ACCEPT = 3;

/** Time of the first packet in whole seconds since the epoch, unsigned. @param f index of its row */
export function startSecondsOf(row: Int32Array, f: number): number {
  return row[f + START_SECONDS]! >>> 0;
}

/** The same for the last packet. */
export function lastSecondsOf(row: Int32Array, f: number): number {
  return row[f + LAST_SECONDS]! >>> 0;
}

/** Packets of one direction, unsigned. @param f index of its row */
export function packetsOf(row: Int32Array, f: number, toServer: boolean): number {
  return row[f + (toServer ? PACKETS_TO_SERVER : PACKETS_TO_CLIENT)]! >>> 0;
}

/** A flow of TCP or UDP. @param f index of its row */
export function hasPorts(row: Int32Array, f: number): boolean {
  const protocol = row[f + PROTOCOL];
  return protocol === 6 || protocol === 17;
}

/** The rows of all flow tables. Row numbers are unique in the process: each table owns a range. */
export interface FlowRows {
  /** `row[flow * INTS + FIELD]` */
  readonly row: Int32Array;
  /** The same memory as float64: `row64[flow * DOUBLES + FIELD]`. */
  readonly row64: Float64Array;
  /** The same memory as bytes: addresses are at `flow * INTS * 4 + FIELD * 4`. */
  readonly bytes: Uint8Array;
  readonly capacity: number;
}

/** EVE's flow_id, 51 bits: the lower 19 of `ID_HIGH`, and all of `ID_LOW`. */
export function flowId(high: number, low: number): number {
  return (high & 0x7ffff) * 2 ** 32 + (low >>> 0);
}

/** Views over the memory of the flow rows. */
export function flowRows(buffer: SharedArrayBuffer): FlowRows {
  return {
    row: new Int32Array(buffer),
    row64: new Float64Array(buffer),
    bytes: new Uint8Array(buffer),
    capacity: buffer.byteLength / (INTS * 4),
  };
}
