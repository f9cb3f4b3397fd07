/**
 * The packet row: what the modules know about a packet, as 64 int32 fields stored separately from its bytes.
 *
 * A packet is a number, its slot. `row[slot * INTS + FIELD]` is one of its fields; use it as
 * `import * as Packet from '../engine/packet.js'` and `const p = slot * Packet.INTS`.
 * Offsets are byte offsets into `Memory.bytes`; unsigned 32-bit fields are read with `>>> 0`.
 *
 * A packet that was not on the wire is a *pseudo packet* (see `PSEUDO`): the inner packet of a tunnel, a reassembled
 * datagram, stream data that could not be attached to a packet, the end of a flow, or an event on its way to the
 * outputs.
 */

/** int32 fields of one row; a row is 256 bytes, four cache lines: fields used by every stage come first. */
export const INTS = 64;

// ── where the bytes are (acquire) ────────────────────────────────────────────────────────────────────
/** First captured byte. */
export const DATA = 0;
/** Captured bytes. */
export const LENGTH = 1;
/** Length of the packet on the wire. */
export const WIRE_LENGTH = 2;
/** Link type of the bytes at DATA (LINKTYPE_ values of the pcap format). */
export const LINK_TYPE = 3;
/** Capture time: seconds since the epoch (see `secondsOf`), and nanoseconds within the second. */
export const SECONDS = 4;
export const NANOSECONDS = 5;
/** Number of the packet in its source, from 1: EVE's pcap_cnt, also used to restore the order of packets. */
export const NUMBER = 6;
/** Index of the input (file, queue, interface) it came from. */
export const SOURCE = 7;

// ── what it is (decode) ──────────────────────────────────────────────────────────────────────────────
/** Bits of the FLAG_ constants below. */
export const FLAGS = 8;
/** 4, 6, or 0 without an IP layer. */
export const IP_VERSION = 9;
/** Protocol number of the transport (IPv6: after extension headers); -1 without an IP layer. */
export const PROTOCOL = 10;
/** Offset of the network header; 0 if there is none. */
export const L3 = 11;
/** Offset of the transport header; 0 if there is none. */
export const L4 = 12;
/** Transport payload; with an unknown transport, the data after the IP header. */
export const PAYLOAD = 13;
export const PAYLOAD_LENGTH = 14;
/** Ports of TCP, UDP and SCTP; ICMP type and code otherwise. */
export const SOURCE_PORT = 15;
export const DESTINATION_PORT = 16;
/** The TCP flag byte (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128). */
export const TCP_FLAGS = 17;
/** Sequence number; the SPI of an ESP packet. */
export const TCP_SEQ = 18;
export const TCP_ACK = 19;
/** Window as on the wire, before scaling. */
export const TCP_WINDOW = 20;
/** Symmetric hash of the flow (addresses, ports, protocol, VLANs, recursion level). */
export const FLOW_HASH = 21;

// ── whose it is (flow, stream) ───────────────────────────────────────────────────────────────────────
/** Row of the flow table, -1 without a flow. */
export const FLOW = 22;
/** Bits of the FLOW_ constants below: direction and state of the flow at this packet. */
export const FLOW_STATE = 23;
/** Reassembled data this packet makes available, in order and contiguous; length 0 if none. */
export const STREAM_DATA = 24;
export const STREAM_LENGTH = 25;
/** Stream offset, in its direction, of the first byte at STREAM_DATA (low 32 bits; 0 = byte after SYN). */
export const STREAM_OFFSET = 26;
/** Bits of the STREAM_ constants below. */
export const STREAM_FLAGS = 27;
/** Size of the gap (lost bytes) directly before STREAM_DATA. */
export const STREAM_GAP = 28;

// ── what becomes of it (detect, verdict) ─────────────────────────────────────────────────────────────
/** One of the VERDICT_ constants. */
export const VERDICT = 29;
/** Drop reason: one of the REASON_ constants of `verdict.ts`. */
export const REASON = 30;
/** Number of alerts raised on it. */
export const ALERTS = 31;

// ── second half: rarely touched ──────────────────────────────────────────────────────────────────────
/** One of the PSEUDO_ constants; 0 for a packet from the wire. */
export const PSEUDO = 32;
/** Slot of the packet this one was made from (tunnel, fragment, event), -1 if none. */
export const ROOT = 33;
/** Reference count of the slot: itself and each packet whose ROOT it is. */
export const REFERENCES = 34;
/**
 * Low 16 bits: number of packets made from this one whose verdicts are pending. Above: the drop of the first of them
 * that was dropped (see `inner-packets.ts`), and whether one was modified.
 */
export const PENDING_VERDICTS = 35;
/** Pool of the slot, and the block that contains its bytes (-1: no block to release). */
export const POOL = 36;
export const BLOCK = 37;
/** Thread that owns the packet now (verified with `ownership-check`). */
export const OWNER = 38;
/** Nesting depth of tunnels, 0 for the outermost. */
export const RECURSION = 39;
/** Number of VLAN tags, and the first three tags' ids. */
export const VLAN_COUNT = 40;
export const VLAN_ID_0 = 41;
export const VLAN_ID_1 = 42;
export const VLAN_ID_2 = 43;
/** Offset of the Ethernet header, 0 if none. */
export const L2 = 44;
/** Event: one of the EVENT_ constants of `event.ts`. Its payload (PAYLOAD, PAYLOAD_LENGTH) is described there. */
export const EVENT_KIND = 45;
/** Packet from the wire: offset of its conntrack data (see `packet/conntrack.ts`); 0 if unknown. */
export const CONNTRACK = 45;
/** Event: index of the signature in the compiled rule set, -1 if none. */
export const EVENT_SIGNATURE = 46;
/** Inner packet of a tunnel (not an event): one of the TUNNEL_ constants of `packet/link-type.ts`. */
export const TUNNEL_KIND = 46;
/** Event: number of the transaction in its flow, -1 if none. */
export const EVENT_TRANSACTION = 47;
/** Not an event: slot whose block contains STREAM_DATA, released with this packet; -1 if none (see `hand-over.ts`). */
export const CARRIER = 47;
/** Decoder and stream events, one bit each, numbered by `packet/packet-events.ts`: fields 48 … 55. */
export const EVENTS = 48;
export const EVENT_FIELDS = 8;
/** Netfilter: packet id and mark (NFQUEUE); 0 otherwise. */
export const QUEUE_ID = 56;
export const MARK = 57;
/** Snapshot of the flow's counts including this packet: packets, then bytes (two float64 in row64). */
export const FLOW_PACKETS_TO_SERVER = 58;
export const FLOW_PACKETS_TO_CLIENT = 59;
/** Indexes into the float64 view of the same rows: `row64[slot * DOUBLES + FLOW_BYTES_TO_SERVER]`. */
export const DOUBLES = 32;
export const FLOW_BYTES_TO_SERVER = 30;
export const FLOW_BYTES_TO_CLIENT = 31;

// ── FLAGS ────────────────────────────────────────────────────────────────────────────────────────────
/**
 * The packet could not be decoded; it is counted and gets a verdict, but is not inspected as a packet of a protocol.
 */
export const FLAG_INVALID = 1 << 0;
/** Inner packet of a tunnel. */
export const FLAG_TUNNEL = 1 << 1;
/** A fragment: pending in defrag, its transport header is not decoded. */
export const FLAG_FRAGMENT = 1 << 2;
/** Reassembled from fragments. */
export const FLAG_REASSEMBLED = 1 << 3;
/** A checksum is invalid (only if checksums are verified): not used for flows and streams. */
export const FLAG_BAD_CHECKSUM = 1 << 4;
/** Do not inspect the payload (pass, bypass, encrypted). */
export const FLAG_NO_PAYLOAD_INSPECTION = 1 << 5;
/** Do not inspect the packet at all. */
export const FLAG_NO_INSPECTION = 1 << 6;
/** Its payload became part of the reassembled stream and is inspected there. */
export const FLAG_IN_STREAM = 1 << 7;
/** A decoder, stream or application-layer event bit is set in EVENTS. */
export const FLAG_HAS_EVENTS = 1 << 8;
/** Bytes were modified and must be sent back with the verdict. */
export const FLAG_MODIFIED = 1 << 9;
/** Excluded from its flow, or from its session: dropped earlier by a firewall rule, or excluded by a rule. */
export const FLAG_EXCLUDED = 1 << 10;
/** Accepted by the firewall before detection: no other firewall rules are evaluated. */
export const FLAG_ACCEPTED = 1 << 15;
/** ICMP error whose FLOW is that of the quoted packet. */
export const FLAG_ICMP_ERROR = 1 << 11;
/** Last packet processed before the flow is released: finish pending work (with PSEUDO_FLOW_END). */
export const FLAG_LAST_OF_FLOW = 1 << 12;
/**
 * Checksums are not yet filled in (offloading): they are not verified, and are written when the packet is forwarded.
 */
export const FLAG_NO_CHECKSUM = 1 << 13;
/** Inline: the stream already has all of its payload; it is inspected again, on its own. */
export const FLAG_RETRANSMITTED = 1 << 14;
/** Tagged by a rule (set if an output needs it). */
export const FLAG_TAGGED = 1 << 16;
/** Already written to a packet log. */
export const FLAG_LOGGED = 1 << 17;
/** The first packet of its direction after the protocol of that direction was detected, or detection failed. */
export const FLAG_PROTOCOL_DETECTED = 1 << 18;
/** The stream of its direction is inspected with it, regardless of the amount of data. */
export const FLAG_INSPECT_STREAM = 1 << 19;
/** Inline: its payload is buffered in the stream after a gap, at STREAM_OFFSET; it delivers no stream data. */
export const FLAG_AFTER_GAP = 1 << 20;
/** The acquire module requests that no checksum is verified. */
export const FLAG_UNVERIFIED = 1 << 21;
/** TCP: rejected by its session, or beyond its current end: its sequence number does not refer to the stream. */
export const FLAG_BEYOND_SESSION = 1 << 22;
/**
 * Flags inherited by inner packets and by packets reassembled from fragments: the checksum of an offloaded packet is
 * the inner one.
 */
export const CHECKSUM_FLAGS = FLAG_NO_CHECKSUM | FLAG_UNVERIFIED;

// ── FLOW_STATE ───────────────────────────────────────────────────────────────────────────────────────
/** The packet goes from client to server; otherwise to the client (if FLOW >= 0). */
export const FLOW_TO_SERVER = 1 << 0;
/** Seen packets in both directions (UDP, ICMP) or completed the handshake (TCP). */
export const FLOW_ESTABLISHED = 1 << 1;
/** No packet of the other direction before this one. */
export const FLOW_FIRST_IN_DIRECTION = 1 << 2;
/** The flow is dropped, and with it every packet. */
export const FLOW_DROPPED = 1 << 3;
/** The flow is passed without inspection. */
export const FLOW_PASSED = 1 << 4;
/** The flow is bypassed. */
export const FLOW_BYPASSED = 1 << 5;
/** The flow changed its application protocol, or was requested to; valid with FLOW_APPLICATION_STORED, and in events. */
export const FLOW_CHANGED_APPLICATION = 1 << 6;
/**
 * The application layer stored what it knew at this packet (the flow record may be further by now): application
 * protocol numbers of the flow and as recognised to server and to client, 8 bits each from these shifts on.
 */
export const FLOW_APPLICATION_STORED = 1 << 7;
export const FLOW_APPLICATION = 8;
export const FLOW_APPLICATION_TO_SERVER = 16;
export const FLOW_APPLICATION_TO_CLIENT = 24;
/** Represents -1, "not recognised", in these 8 bits. */
const APPLICATION_FAILED = 255;

/** A number of an application protocol (0 unknown, -1 failed) from FLOW_STATE. @param shift FLOW_APPLICATION… */
export function applicationIn(flowState: number, shift: number): number {
  const number = (flowState >>> shift) & 255;
  return number === APPLICATION_FAILED ? -1 : number;
}

// ── STREAM_FLAGS ─────────────────────────────────────────────────────────────────────────────────────
/**
 * STREAM_DATA was sent by the client. Without it, by the server. (In IDS mode an ACK carries the other side's data.)
 */
export const STREAM_TO_SERVER = 1 << 0;
/** First data of this direction. */
export const STREAM_START = 1 << 1;
/** No more data will follow in this direction (FIN, RST, timeout, depth). */
export const STREAM_END = 1 << 2;
/** Reassembly depth is reached: data after it is not reassembled. */
export const STREAM_DEPTH = 1 << 3;
/** The stream was reset. */
export const STREAM_RESET = 1 << 4;
/** The data is this packet's own, inspected before the packet is forwarded (inline). */
export const STREAM_INLINE = 1 << 5;
/** Inspect raw stream data now, regardless of its amount. */
export const STREAM_FLUSH = 1 << 6;
/**
 * Data after an unacknowledged gap, delivered because the stream ends, or not yet acknowledged when the depth was
 * exceeded: signatures inspect it, but for a parser the stream ended before it (STREAM_LENGTH and STREAM_GAP do not
 * apply).
 */
export const STREAM_BEYOND = 1 << 7;

// ── VERDICT ──────────────────────────────────────────────────────────────────────────────────────────
/** None yet; accepted by default. */
export const VERDICT_NONE = 0;
export const VERDICT_PASS = 1;
export const VERDICT_DROP = 2;
/** Dropped, with a notification to one or both sides (RST, ICMP unreachable). */
export const VERDICT_REJECT = 3;
export const VERDICT_REJECT_DESTINATION = 4;
export const VERDICT_REJECT_BOTH = 5;
/** Accepted, and the rest of the flow is left to the kernel. */
export const VERDICT_BYPASS = 6;

// ── PSEUDO ───────────────────────────────────────────────────────────────────────────────────────────
export const PSEUDO_NONE = 0;
export const PSEUDO_TUNNEL = 1;
export const PSEUDO_REASSEMBLED = 2;
/** Stream data, or the end of a stream, without a packet from the wire: flow, direction and STREAM_ fields are set. */
export const PSEUDO_STREAM = 3;
/** The flow has ended. Its row is freed when this packet returns to its pool. */
export const PSEUDO_FLOW_END = 4;
/** A record for the outputs: EVENT_ fields are set; only outputs process it. */
export const PSEUDO_EVENT = 5;

/** Sets the bit of event number `event` (see `packet/packet-events.ts`) in the row at `p = slot * INTS`. */
export function setEvent(row: Int32Array, p: number, event: number): void {
  row[p + EVENTS + (event >>> 5)]! |= 1 << (event & 31);
  row[p + FLAGS]! |= FLAG_HAS_EVENTS;
}

/** Whether event number `event` is set in the row at `p`. */
export function hasEvent(row: Int32Array, p: number, event: number): boolean {
  return (row[p + EVENTS + (event >>> 5)]! & (1 << (event & 31))) !== 0;
}

/** Capture time in whole seconds since the epoch, unsigned. @param p index of its row */
export function secondsOf(row: Int32Array, p: number): number {
  return row[p + SECONDS]! >>> 0;
}

/** Number of the packet in its source, unsigned. @param p index of its row */
export function numberOf(row: Int32Array, p: number): number {
  return row[p + NUMBER]! >>> 0;
}

/** Whether the packet at `p` carries stream data, a gap or an end. Data to the client has no flags. */
export function carriesStream(row: Int32Array, p: number): boolean {
  return row[p + STREAM_LENGTH] !== 0 || row[p + STREAM_FLAGS] !== 0 || row[p + STREAM_GAP] !== 0;
}

/**
 * Copies to the packet at `to` what it shares with its origin at `from`: time, number, source, flow and protocol. (Both
 * are row indexes: slot * INTS.)
 */
export function copyOrigin(row: Int32Array, from: number, to: number): void {
  row[to + SECONDS] = row[from + SECONDS]!;
  row[to + NANOSECONDS] = row[from + NANOSECONDS]!;
  row[to + NUMBER] = row[from + NUMBER]!;
  row[to + SOURCE] = row[from + SOURCE]!;
  row[to + LINK_TYPE] = row[from + LINK_TYPE]!;
  row[to + FLOW] = row[from + FLOW]!;
  row[to + FLOW_STATE] = row[from + FLOW_STATE]!;
  row[to + FLOW_HASH] = row[from + FLOW_HASH]!;
  row[to + PROTOCOL] = row[from + PROTOCOL]!;
  row[to + IP_VERSION] = row[from + IP_VERSION]!;
}

/** Client and server of the flow were swapped: swaps the flow counts of the packet in `slot` as well. */
export function swapFlowCounts(row: Int32Array, row64: Float64Array, slot: number): void {
  const p = slot * INTS;
  const d = slot * DOUBLES;
  const packets = row[p + FLOW_PACKETS_TO_SERVER]!;
  const bytes = row64[d + FLOW_BYTES_TO_SERVER]!;
  row[p + FLOW_PACKETS_TO_SERVER] = row[p + FLOW_PACKETS_TO_CLIENT]!;
  row[p + FLOW_PACKETS_TO_CLIENT] = packets;
  row64[d + FLOW_BYTES_TO_SERVER] = row64[d + FLOW_BYTES_TO_CLIENT]!;
  row64[d + FLOW_BYTES_TO_CLIENT] = bytes;
}

/** Packets of one direction of the flow, including the packet at `p`, unsigned. */
export function flowPacketsOf(row: Int32Array, p: number, toServer: boolean): number {
  return row[p + (toServer ? FLOW_PACKETS_TO_SERVER : FLOW_PACKETS_TO_CLIENT)]! >>> 0;
}

/** Copies the flow counts of the packet at `from` to the one at `to`. */
export function copyFlowCounts(row: Int32Array, from: number, to: number): void {
  // Two counts of packets, and two of bytes in float64.
  for (let i = FLOW_PACKETS_TO_SERVER; i < INTS; i++) row[to + i] = row[from + i]!;
}
