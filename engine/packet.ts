/**
 * The packet row: what the modules found out about a packet, as 64 int32 fields beside its bytes.
 *
 * A packet is one number, its slot. `row[slot * INTS + FIELD]` is a field of it; use it as
 * `import * as Packet from '../engine/packet.js'` and `const p = slot * Packet.INTS`.
 * Offsets are byte offsets into `Memory.bytes`; unsigned 32-bit fields are read with `>>> 0`.
 *
 * A packet without bytes of the wire is a *pseudo packet* (see `PSEUDO`): the inner packet of a tunnel, a
 * reassembled datagram, stream data that could not travel with a wire packet, the end of a flow, or an
 * event on its way to the outputs.
 */

/** int32 fields of one row; a row is 256 bytes, four cache lines: what every stage touches comes first. */
export const INTS = 64;

// ── where the bytes are (acquire) ────────────────────────────────────────────────────────────────────
/** First captured byte. */
export const DATA = 0;
/** Captured bytes. */
export const LENGTH = 1;
/** Bytes the packet had on the wire. */
export const WIRE_LENGTH = 2;
/** Link type of the bytes at DATA (LINKTYPE_ values of the pcap format). */
export const LINK_TYPE = 3;
/** Capture time: seconds since the epoch (see `secondsOf`), and nanoseconds within the second. */
export const SECONDS = 4;
export const NANOSECONDS = 5;
/** Number of the packet in its source, from 1: EVE's pcap_cnt, and the ticket by which order is restored. */
export const NUMBER = 6;
/** Index of the input (file, queue, interface) it came from. */
export const SOURCE = 7;

// ── what it is (decode) ──────────────────────────────────────────────────────────────────────────────
/** Bits of the FLAG_ constants below. */
export const FLAGS = 8;
/** 4, 6, or 0 where there is no IP layer. */
export const IP_VERSION = 9;
/** Protocol number of the transport (IPv6: after extension headers); -1 without an IP layer. */
export const PROTOCOL = 10;
/** Offset of the network header; 0 when there is none. */
export const L3 = 11;
/** Offset of the transport header; 0 when there is none. */
export const L4 = 12;
/** Transport payload; without a transport known to decode, what follows the IP header. */
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
/** Symmetric hash of the conversation (addresses, ports, protocol, VLANs, recursion level). */
export const FLOW_HASH = 21;

// ── whose it is (flow, stream) ───────────────────────────────────────────────────────────────────────
/** Row of the flow table, -1 without a flow. */
export const FLOW = 22;
/** Bits of the FLOW_ constants below: direction and state of the flow as this packet saw it. */
export const FLOW_STATE = 23;
/** Reassembled data this packet makes available, in order and contiguous; length 0 when none. */
export const STREAM_DATA = 24;
export const STREAM_LENGTH = 25;
/** Offset in its direction of the stream of the first byte at STREAM_DATA (low 32 bits; 0 = byte after SYN). */
export const STREAM_OFFSET = 26;
/** Bits of the STREAM_ constants below. */
export const STREAM_FLAGS = 27;
/** Bytes that are missing for good just before STREAM_DATA. */
export const STREAM_GAP = 28;

// ── what becomes of it (detect, verdict) ─────────────────────────────────────────────────────────────
/** One of the VERDICT_ constants. */
export const VERDICT = 29;
/** Why it is dropped: one of the REASON_ constants of `verdict.ts`. */
export const REASON = 30;
/** Number of alerts found for it. */
export const ALERTS = 31;

// ── second half: rarely touched ──────────────────────────────────────────────────────────────────────
/** One of the PSEUDO_ constants; 0 for a packet of the wire. */
export const PSEUDO = 32;
/** Slot of the packet this one was made from (tunnel, fragment, event), -1 when none. */
export const ROOT = 33;
/** How many hold the slot: itself and each packet whose ROOT it is. */
export const REFERENCES = 34;
/**
 * Low 16 bits: how many packets made from this one it still waits for with its verdict. Above: the drop of the first of
 * them that was dropped (see `inner-packets.ts`), and whether one was changed.
 */
export const VERDICTS_AWAITED = 35;
/** Pool the slot belongs to, and the block its bytes lie in (-1: none to be given back). */
export const POOL = 36;
export const BLOCK = 37;
/** Thread that owns the packet now (checked with `ownership-check`). */
export const OWNER = 38;
/** Nesting depth of tunnels, 0 for the outermost. */
export const RECURSION = 39;
/** Number of VLAN tags, and the first three tags' ids. */
export const VLAN_COUNT = 40;
export const VLAN_ID_0 = 41;
export const VLAN_ID_1 = 42;
export const VLAN_ID_2 = 43;
/** Offset of the Ethernet header, 0 when there is none. */
export const L2 = 44;
/** Event: one of the EVENT_ constants of `event.ts`. Its payload (PAYLOAD, PAYLOAD_LENGTH) is described there. */
export const EVENT_KIND = 45;
/** Packet of the wire: where what the kernel knows of its connection lies (see `packet/conntrack.ts`); 0 when not known. */
export const CONNTRACK = 45;
/** Event: index of the signature in the compiled rule set, -1 when none. */
export const EVENT_SIGNATURE = 46;
/** Not an event but a tunnel's inner packet: one of the TUNNEL_ constants of `packet/link-type.ts`. */
export const TUNNEL_KIND = 46;
/** Event: number of the transaction in its flow, -1 when none. */
export const EVENT_TRANSACTION = 47;
/** Not an event: slot whose block holds STREAM_DATA, given back with this packet; -1 when none (see `hand-over.ts`). */
export const CARRIER = 47;
/** Decoder and stream events, one bit each, numbered by `packet/packet-events.ts`: fields 48 … 55. */
export const EVENTS = 48;
export const EVENT_FIELDS = 8;
/** Netfilter: packet id and mark (NFQUEUE); 0 otherwise. */
export const QUEUE_ID = 56;
export const MARK = 57;
/** Snapshot of the flow with this packet counted: packets, then bytes (as two float64 at row64). */
export const FLOW_PACKETS_TO_SERVER = 58;
export const FLOW_PACKETS_TO_CLIENT = 59;
/** Indexes into the float64 view of the same rows: `row64[slot * DOUBLES + FLOW_BYTES_TO_SERVER]`. */
export const DOUBLES = 32;
export const FLOW_BYTES_TO_SERVER = 30;
export const FLOW_BYTES_TO_CLIENT = 31;

// ── FLAGS ────────────────────────────────────────────────────────────────────────────────────────────
/** The packet could not be decoded; it is counted and judged but not inspected as a packet of a protocol. */
export const FLAG_INVALID = 1 << 0;
/** Inner packet of a tunnel. */
export const FLAG_TUNNEL = 1 << 1;
/** A fragment: waits in defrag, no transport header is read. */
export const FLAG_FRAGMENT = 1 << 2;
/** Made from fragments. */
export const FLAG_REASSEMBLED = 1 << 3;
/** A checksum is wrong (only when checksums are checked): not used for flows and streams. */
export const FLAG_BAD_CHECKSUM = 1 << 4;
/** Do not inspect the payload (pass, bypass, encrypted). */
export const FLAG_NO_PAYLOAD_INSPECTION = 1 << 5;
/** Do not inspect the packet at all. */
export const FLAG_NO_INSPECTION = 1 << 6;
/** Its payload became part of the reassembled stream and is inspected there. */
export const FLAG_IN_STREAM = 1 << 7;
/** A decoder, stream or application-layer event bit is set in EVENTS. */
export const FLAG_HAS_EVENTS = 1 << 8;
/** Bytes were changed and must be sent back with the verdict. */
export const FLAG_MODIFIED = 1 << 9;
/** It does not count for a flow, or for a session: a firewall dropped it before, or a rule said so. */
export const FLAG_REFUSED = 1 << 10;
/** A firewall accepted it before detection: its other rules are not asked. */
export const FLAG_ACCEPTED = 1 << 15;
/** ICMP error whose FLOW is that of the packet it quotes. */
export const FLAG_ICMP_ERROR = 1 << 11;
/** Last packet processed before the flow is given up: finish what is pending (with PSEUDO_FLOW_END). */
export const FLAG_LAST_OF_FLOW = 1 << 12;
/** Checksums are not written yet (offloading): they are not verified, and written where the packet is sent on. */
export const FLAG_NO_CHECKSUM = 1 << 13;
/** Inline: the stream has all of its payload already; it is inspected again, by itself. */
export const FLAG_REPEATED = 1 << 14;
/** A rule tagged it (set where an output wants that). */
export const FLAG_TAGGED = 1 << 16;
/** A packet log has it already. */
export const FLAG_LOGGED = 1 << 17;
/** The first packet of its direction since the protocol of that direction was told, or nothing was recognised. */
export const FLAG_PROTOCOL_TOLD = 1 << 18;
/** The stream of its direction is inspected with it, whatever the amount. */
export const FLAG_INSPECT_STREAM = 1 << 19;
/** Inline: its payload waits in the stream behind a hole, at STREAM_OFFSET; it brings no stream data. */
export const FLAG_EARLY = 1 << 20;
/** Whoever acquired it wants no checksum verified. */
export const FLAG_UNVERIFIED = 1 << 21;
/** TCP: its session refused it, or has not come to its end: its sequence number says nothing of the stream. */
export const FLAG_BEYOND_SESSION = 1 << 22;
/** What packets inside of this one, and made of its fragments, have of it too: the sum of an offloaded packet is that inside. */
export const FLAGS_OF_CHECKSUMS = FLAG_NO_CHECKSUM | FLAG_UNVERIFIED;

// ── FLOW_STATE ───────────────────────────────────────────────────────────────────────────────────────
/** The packet goes from client to server; else to the client (when FLOW >= 0). */
export const FLOW_TO_SERVER = 1 << 0;
/** Seen packets in both directions (UDP, ICMP) or completed the handshake (TCP). */
export const FLOW_ESTABLISHED = 1 << 1;
/** No packet of the other direction before this one. */
export const FLOW_FIRST_IN_DIRECTION = 1 << 2;
/** The flow is dropped: every packet of it is. */
export const FLOW_DROPPED = 1 << 3;
/** The flow is passed without inspection. */
export const FLOW_PASSED = 1 << 4;
/** The flow is bypassed. */
export const FLOW_BYPASSED = 1 << 5;
/** The flow has changed its application protocol, or was asked to; known with FLOW_APPLICATION_NOTED, and to events. */
export const FLOW_CHANGED_APPLICATION = 1 << 6;
/**
 * The application layer noted what it knew when this packet came (the flow's record may know more by now): numbers
 * of application protocols, of the flow and as recognised to server and to client, 8 bits each from these on.
 */
export const FLOW_APPLICATION_NOTED = 1 << 7;
export const FLOW_APPLICATION = 8;
export const FLOW_APPLICATION_TO_SERVER = 16;
export const FLOW_APPLICATION_TO_CLIENT = 24;
/** Stands for -1, "not recognised", in these 8 bits. */
const APPLICATION_FAILED = 255;

/** A number of an application protocol (0 unknown, -1 failed) out of FLOW_STATE. @param shift FLOW_APPLICATION… */
export function applicationIn(flowState: number, shift: number): number {
  const number = (flowState >>> shift) & 255;
  return number === APPLICATION_FAILED ? -1 : number;
}

// ── STREAM_FLAGS ─────────────────────────────────────────────────────────────────────────────────────
/** STREAM_DATA was sent by the client. Without it, by the server. (In IDS mode an ACK carries the other side's data.) */
export const STREAM_TO_SERVER = 1 << 0;
/** First data of this direction. */
export const STREAM_START = 1 << 1;
/** No more data will come in this direction (FIN, RST, timeout, depth). */
export const STREAM_END = 1 << 2;
/** Reassembly depth is reached: what follows is not reassembled. */
export const STREAM_DEPTH = 1 << 3;
/** The stream was reset. */
export const STREAM_RESET = 1 << 4;
/** The data is this packet's own, inspected before it leaves (inline). */
export const STREAM_INLINE = 1 << 5;
/** Inspect raw stream data now, whatever its amount. */
export const STREAM_FLUSH = 1 << 6;
/**
 * Behind a hole that nobody has acknowledged, given out because the stream ends, or not yet acknowledged when the
 * depth was passed: signatures look at it, but for a protocol the stream ended before it (STREAM_LENGTH and STREAM_GAP
 * do not count).
 */
export const STREAM_BEYOND = 1 << 7;

// ── VERDICT ──────────────────────────────────────────────────────────────────────────────────────────
/** None yet; accepted when nothing else is said. */
export const VERDICT_NONE = 0;
export const VERDICT_PASS = 1;
export const VERDICT_DROP = 2;
/** Dropped, and both or one side told so (RST, ICMP unreachable). */
export const VERDICT_REJECT = 3;
export const VERDICT_REJECT_DESTINATION = 4;
export const VERDICT_REJECT_BOTH = 5;
/** Accepted, and the rest of the flow is left to the kernel. */
export const VERDICT_BYPASS = 6;

// ── PSEUDO ───────────────────────────────────────────────────────────────────────────────────────────
export const PSEUDO_NONE = 0;
export const PSEUDO_TUNNEL = 1;
export const PSEUDO_REASSEMBLED = 2;
/** Stream data or a stream's end without a packet of the wire: flow, direction and STREAM_ fields are set. */
export const PSEUDO_STREAM = 3;
/** The flow is over. Its row is freed when this packet comes home. */
export const PSEUDO_FLOW_END = 4;
/** A record for the outputs: EVENT_ fields are set; no module but outputs looks at it. */
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

/** Whether the packet at `p` brings anything of a stream: data, a hole, or an end. Data to the client has no flags. */
export function bringsStream(row: Int32Array, p: number): boolean {
  return row[p + STREAM_LENGTH] !== 0 || row[p + STREAM_FLAGS] !== 0 || row[p + STREAM_GAP] !== 0;
}

/**
 * Gives the packet at `to` what it shares with the one at `from` that it was made from: time, number, source, flow and
 * protocol. (Both are indexes of rows: slot * INTS.)
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

/** Client and server of its flow are exchanged: so are the counts that the packet in `slot` has of them. */
export function exchangeFlowCounts(row: Int32Array, row64: Float64Array, slot: number): void {
  const p = slot * INTS;
  const d = slot * DOUBLES;
  const packets = row[p + FLOW_PACKETS_TO_SERVER]!;
  const bytes = row64[d + FLOW_BYTES_TO_SERVER]!;
  row[p + FLOW_PACKETS_TO_SERVER] = row[p + FLOW_PACKETS_TO_CLIENT]!;
  row[p + FLOW_PACKETS_TO_CLIENT] = packets;
  row64[d + FLOW_BYTES_TO_SERVER] = row64[d + FLOW_BYTES_TO_CLIENT]!;
  row64[d + FLOW_BYTES_TO_CLIENT] = bytes;
}

/** Packets of one direction that its flow had with the packet at `p`, unsigned. */
export function flowPacketsOf(row: Int32Array, p: number, toServer: boolean): number {
  return row[p + (toServer ? FLOW_PACKETS_TO_SERVER : FLOW_PACKETS_TO_CLIENT)]! >>> 0;
}

/** Gives the packet at `to` the counts that the flow had with the one at `from`. */
export function copyFlowCounts(row: Int32Array, from: number, to: number): void {
  // Two counts of packets, and two of bytes in float64.
  for (let i = FLOW_PACKETS_TO_SERVER; i < INTS; i++) row[to + i] = row[from + i]!;
}
