/** suricata.flow: the flow of the packet that is inspected. */
import { fullAddressText } from '../../../engine/address.js';
import * as Flow from '../../../engine/flow-record.js';
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

/** As they were with the packet that is inspected; records of the flow itself have no counts of their own. */
function statistics(context: LuaContext): LuaArray {
  const { flows, flow, memory, p, slot } = inspected(context);
  const packets = [Packet.FLOW_PACKETS_TO_SERVER, Packet.FLOW_PACKETS_TO_CLIENT].map(i => memory.row[p + i]!);
  if (packets[0]! + packets[1]! > 0) {
    const bytes = (number: number) => memory.row64[slot * Packet.DOUBLES + number]!;
    return [packets[0]!, bytes(Packet.FLOW_BYTES_TO_SERVER), packets[1]!, bytes(Packet.FLOW_BYTES_TO_CLIENT)];
  }
  const bytes = (number: number) => flows.row64[flow * Flow.DOUBLES + number]!;
  return [
    field(context, Flow.PACKETS_TO_SERVER),
    bytes(Flow.BYTES_TO_SERVER),
    field(context, Flow.PACKETS_TO_CLIENT),
    bytes(Flow.BYTES_TO_CLIENT),
  ];
}

/** As EVE's flow_id. */
function identifier(context: LuaContext): number {
  return Flow.flowId(field(context, Flow.ID_HIGH), field(context, Flow.ID_LOW));
}

const PROTOCOLS = [
  Flow.APP_PROTOCOL,
  Flow.APP_PROTOCOL_TO_SERVER,
  Flow.APP_PROTOCOL_TO_CLIENT,
  Flow.APP_PROTOCOL_ORIGINAL,
  Flow.APP_PROTOCOL_EXPECTED,
];

export const flowLibrary: LibraryMaker = context => {
  const read = (number: number) => field(context, number);
  const microseconds = (number: number) => Math.trunc(read(number) / 1000);
  const missing = () => (context.at && context.at.flow >= 0 ? undefined : 'no flow');
  return objectLibrary('suricata.flow', 'get', missing, {
    timestamps: () => [
      read(Flow.START_SECONDS),
      read(Flow.LAST_SECONDS),
      microseconds(Flow.START_NANOSECONDS),
      microseconds(Flow.LAST_NANOSECONDS),
    ],
    timestring_legacy: () => [lineTime(read(Flow.START_SECONDS), read(Flow.START_NANOSECONDS))],
    timestring_iso8601: () => [isoTime(read(Flow.START_SECONDS), read(Flow.START_NANOSECONDS))],
    tuple: () => tuple(context),
    app_layer_proto: () => PROTOCOLS.map(number => hostOf(context).protocolName(read(number))),
    has_alerts: () => [hostOf(context).hasAlerts(inspected(context).flow)],
    id: () => [identifier(context)],
    stats: () => statistics(context),
  });
};
