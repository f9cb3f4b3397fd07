/** What records beside stored files begin with: time, flow and endpoints, as EVE records have them. */
import { fullAddressText } from '../../engine/address.js';
import * as Flow from '../../engine/flow-record.js';
import { IP_PROTOCOL_NAMES } from '../../engine/ip-protocol-names.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { IsoTimestamp } from '../../engine/timestamp.js';

const timestamp = new IsoTimestamp();

/**
 * @param toServer direction of the file
 * @param inPlaceOfClient address that is told in place of the client's
 * @returns members without braces
 */
export function recordHead(
  { memory, flows }: Thread,
  slot: number,
  toServer: boolean,
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
  const members = [
    `"timestamp":"${timeOf(row[p + Packet.SECONDS]!, row[p + Packet.NANOSECONDS]!)}"`,
    `"flow_id":${Flow.flowId(flows.row[f + Flow.ID_HIGH]!, flows.row[f + Flow.ID_LOW]!)}`,
    `"pcap_cnt":${row[p + Packet.NUMBER]! >>> 0}`,
    '"event_type":"fileinfo"',
    `"src_ip":"${toServer ? client : server}"`,
    `"src_port":${toServer ? clientPort : serverPort}`,
    `"dest_ip":"${toServer ? server : client}"`,
    `"dest_port":${toServer ? serverPort : clientPort}`,
    `"proto":"${protocol}"`,
  ];
  return members.join(',');
}

function timeOf(seconds: number, nanoseconds: number): string {
  const bytes = new Uint8Array(IsoTimestamp.LENGTH + 8);
  const end = timestamp.write(seconds, nanoseconds, bytes, 0);
  return Buffer.from(bytes.subarray(0, end)).toString('latin1');
}
