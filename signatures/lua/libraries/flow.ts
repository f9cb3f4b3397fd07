/** suricata.flow: the flow of the current packet. */
import { fullAddressText } from '../../../engine/address.js';
import * as Flow from '../../../engine/flow/flow-record.js';
import { knownApplication, OF_CLIENT, OF_FLOW, OF_SERVER } from '../../../engine/flow/known-application.js';
import type { LuaArray } from '../../../engine/lua.js';
import * as Packet from '../../../engine/packet.js';
import { hostOf, inspected, type LibraryMaker, type LuaContext, objectLibrary } from '../context.js';
import { isoTime, lineTime } from '../times.js';

function field(context: LuaContext, number: number): number {
  const { flows, f } = inspected(context);
  return flows.row[f + number]!;
}

function tuple(context: LuaContext): LuaArray {
  const { flows, f } = inspected(context);
  const version = field(context, Flow.IP_VERSION);
  const address = (number: number) => fullAddressText(flows.bytes, (f + number) * 4, version);
  return [
    version,
    address(Flow.CLIENT_ADDRESS),
    address(Flow.SERVER_ADDRESS),
    field(context, Flow.PROTOCOL),
    field(context, Flow.CLIENT_PORT),
    field(context, Flow.SERVER_PORT),
  ];
}

/** Packets of each side up to the current one; a record of the flow itself has no such counts. */
function packetsSoFar(context: LuaContext): readonly [number, number] | undefined {
  const { memory, p } = inspected(context);
  const up = Packet.flowPacketsOf(memory.row, p, true);
  const down = Packet.flowPacketsOf(memory.row, p, false);
  return up + down > 0 ? [up, down] : undefined;
}

/** As of the current packet. */
function statistics(context: LuaContext): LuaArray {
  const { flows, flow, f, memory, slot } = inspected(context);
  const packets = packetsSoFar(context);
  if (packets) {
    const bytes = (number: number) => memory.row64[slot * Packet.DOUBLES + number]!;
    return [packets[0], bytes(Packet.FLOW_BYTES_TO_SERVER), packets[1], bytes(Packet.FLOW_BYTES_TO_CLIENT)];
  }
  const bytes = (number: number) => flows.row64[flow * Flow.DOUBLES + number]!;
  return [
    Flow.packetsOf(flows.row, f, true),
    bytes(Flow.BYTES_TO_SERVER),
    Flow.packetsOf(flows.row, f, false),
    bytes(Flow.BYTES_TO_CLIENT),
  ];
}

/** Seconds of the first and the last packet, then microseconds of both; none is later than the current packet. */
function timestamps(context: LuaContext): LuaArray {
  const { memory, p } = inspected(context);
  const [seconds, nanoseconds] = packetsSoFar(context)
    ? [Packet.secondsOf(memory.row, p), memory.row[p + Packet.NANOSECONDS]!]
    : [field(context, Flow.LAST_SECONDS) >>> 0, field(context, Flow.LAST_NANOSECONDS)];
  return [
    field(context, Flow.START_SECONDS) >>> 0,
    seconds,
    Math.trunc(field(context, Flow.START_NANOSECONDS) / 1000),
    Math.trunc(nanoseconds / 1000),
  ];
}

/** As EVE's flow_id. */
function identifier(context: LuaContext): number {
  return Flow.flowId(field(context, Flow.ID_HIGH), field(context, Flow.ID_LOW));
}

/** The protocol known at this packet, the flow's previous protocol, and the one it is changing to. */
function protocols(context: LuaContext): LuaArray {
  const { memory, flows, p, f } = inspected(context);
  const state = memory.row[p + Packet.FLOW_STATE]!;
  const numbers = [
    ...[OF_FLOW, OF_CLIENT, OF_SERVER].map(place => knownApplication(state, flows.row, f, place)),
    ...[Flow.APP_PROTOCOL_ORIGINAL, Flow.APP_PROTOCOL_EXPECTED].map(number => field(context, number)),
  ];
  return numbers.map(number => hostOf(context).protocolName(number));
}

export const flowLibrary: LibraryMaker = context => {
  const read = (number: number) => field(context, number);
  const missing = () => (context.at && context.at.flow >= 0 ? undefined : 'no flow');
  return objectLibrary('suricata.flow', 'get', missing, {
    timestamps: () => timestamps(context),
    timestring_legacy: () => [lineTime(read(Flow.START_SECONDS) >>> 0, read(Flow.START_NANOSECONDS))],
    timestring_iso8601: () => [isoTime(read(Flow.START_SECONDS) >>> 0, read(Flow.START_NANOSECONDS))],
    tuple: () => tuple(context),
    app_layer_proto: () => protocols(context),
    has_alerts: () => [hostOf(context).hasAlerts(inspected(context).flow)],
    id: () => [identifier(context)],
    stats: () => statistics(context),
  });
};
