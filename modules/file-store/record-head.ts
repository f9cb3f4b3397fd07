/** First members of the records next to stored files: time, flow and endpoints, as in EVE records. */
import { fullAddressText } from '../../engine/address.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type { Thread } from '../../engine/module.js';
import { IP_PROTOCOL_NAMES } from '../../engine/packet/ip-protocol-names.js';
import * as Packet from '../../engine/packet.js';
import { FLOW_TIMEOUT, packetSource } from '../../engine/record/packet-source.js';
import { IsoTimestamp } from '../../engine/timestamp.js';

const timestamp = new IsoTimestamp();

/** Subject of a record. */
export interface HeadOf {
  readonly toServer: boolean;
  readonly transaction: number;
  readonly protocol: string;
}

/**
 * @param of the file, and the flow that transferred it
 * @param inPlaceOfClient address reported instead of the client's
 * @returns JSON members without braces
 */
export function recordHead(
  { memory, flows }: Thread,
  slot: number,
  { toServer, transaction, protocol: appProtocol }: HeadOf,
  inPlaceOfClient?: string,
): string {
  const { row } = memory;
  const p = slot * Packet.INTS;
  const flow = row[p + Packet.FLOW]!;
  const f = flow * Flow.INTS;
  const version = flows.row[f + Flow.IP_VERSION]!;
  const client = inPlaceOfClient ?? fullAddressText(flows.bytes, (f + Flow.CLIENT_ADDRESS) * 4, version);
  const server = fullAddressText(flows.bytes, (f + Flow.SERVER_ADDRESS) * 4, version);
  const clientPort = flows.row[f + Flow.CLIENT_PORT];
  const serverPort = flows.row[f + Flow.SERVER_PORT];
  const protocol = IP_PROTOCOL_NAMES[flows.row[f + Flow.PROTOCOL]!] ?? '';
  const source = packetSource(row, p);
  const number = source === FLOW_TIMEOUT ? 0 : Packet.numberOf(row, p);
  const members = [
    `"timestamp":"${timeOf(Packet.secondsOf(row, p), row[p + Packet.NANOSECONDS]!)}"`,
    `"flow_id":${Flow.flowId(flows.row[f + Flow.ID_HIGH]!, flows.row[f + Flow.ID_LOW]!)}`,
    ...(number > 0 ? [`"pcap_cnt":${number}`] : []),
    '"event_type":"fileinfo"',
    `"src_ip":"${toServer ? client : server}"`,
    `"src_port":${toServer ? clientPort : serverPort}`,
    `"dest_ip":"${toServer ? server : client}"`,
    `"dest_port":${toServer ? serverPort : clientPort}`,
    `"proto":"${protocol}"`,
    `"ip_v":${version}`,
    `"pkt_src":"${source}"`,
    `"tx_id":${transaction}`,
    `"app_proto":"${appProtocol}"`,
  ];
  return members.join(',');
}

function timeOf(seconds: number, nanoseconds: number): string {
  const bytes = new Uint8Array(IsoTimestamp.LENGTH + 8);
  const end = timestamp.write(seconds, nanoseconds, bytes, 0);
  return Buffer.from(bytes.subarray(0, end)).toString('latin1');
}
