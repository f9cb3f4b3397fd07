/** Initialises the row of a flow from its first packet. */
import * as FlowRecord from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';

const ICMP = 1;
const ICMP_V6 = 58;

/**
 * @param key columns of the flow taken from its packets
 * @param emergency the table is in emergency mode
 */
export function beginRow(
  flows: Int32Array,
  flow: number,
  key: Int32Array,
  row: Int32Array,
  p: number,
  emergency: boolean,
): void {
  const f = flow * FlowRecord.INTS;
  flows.fill(0, f, f + FlowRecord.INTS);
  flows.set(key, f);
  flows[f + FlowRecord.HASH] = row[p + Packet.FLOW_HASH]!;
  flows[f + FlowRecord.STATE] = FlowRecord.STATE_NEW;
  flows[f + FlowRecord.FLAGS] =
    (emergency ? FlowRecord.FLAG_EMERGENCY : 0) | (row[p + Packet.LINK_TYPE]! << FlowRecord.LINK_TYPE_SHIFT);
  flows[f + FlowRecord.START_SECONDS] = row[p + Packet.SECONDS]!;
  flows[f + FlowRecord.START_NANOSECONDS] = row[p + Packet.NANOSECONDS]!;
  flows[f + FlowRecord.FIRST_NUMBER] = row[p + Packet.NUMBER]!;
  flows[f + FlowRecord.END_REASON] = row[p + Packet.SOURCE]! << FlowRecord.SOURCE_SHIFT;
  const protocol = row[p + Packet.PROTOCOL];
  if (protocol === ICMP || protocol === ICMP_V6) {
    flows[f + FlowRecord.ICMP_TYPE] = row[p + Packet.SOURCE_PORT]!;
    flows[f + FlowRecord.ICMP_CODE] = row[p + Packet.DESTINATION_PORT]!;
  }
  identify(flows, f);
}

/** The flow's id is derived from its hash and start, so it is the same whatever threads there are. */
function identify(flows: Int32Array, f: number): void {
  const time =
    Math.imul(flows[f + FlowRecord.START_SECONDS]!, 0x85ebca6b) ^ flows[f + FlowRecord.START_NANOSECONDS]!;
  const port = flows[f + FlowRecord.CLIENT_PORT]!;
  flows[f + FlowRecord.ID_LOW] = Math.imul(flows[f + FlowRecord.HASH]! ^ time, 0x9e3779b1);
  flows[f + FlowRecord.ID_HIGH] =
    (Math.imul(time ^ port, 0xc2b2ae35) ^ flows[f + FlowRecord.HASH]!) & 0x7ffff;
}
