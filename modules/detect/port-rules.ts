/** Finds the port group of a packet or of stream data. */
import type { FlowRows } from '../../engine/flow/flow-record.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type {
  DirectionRules,
  GroupRules,
  RuleSetImage,
  TransportRules,
} from '../../signatures/compile/image.js';

const TCP = 6;
const UDP = 17;

/** Port group of a packet: by destination port to the server (and without a flow), by source port to the client. */
export function packetGroup(
  image: RuleSetImage,
  protocol: number,
  toServer: boolean,
  sourcePort: number,
  destinationPort: number,
): GroupRules {
  const transport = transportRules(image, protocol);
  return groupOf(toServer ? transport.toServer : transport.toClient, toServer ? destinationPort : sourcePort);
}

/** Port group of stream data: both directions use the server's port. */
export function streamGroup(
  image: RuleSetImage,
  flows: FlowRows,
  flow: number,
  toServer: boolean,
): GroupRules {
  const port = flows.row[flow * Flow.INTS + Flow.SERVER_PORT]!;
  return groupOf(toServer ? image.tcp.toServer : image.tcp.toClient, port);
}

/** Whether any signature of this group inspects streams. */
export function followsStreams(group: GroupRules): boolean {
  return group.streamSearch >= 0 || group.streamAlways.length > 0 || group.reach > 0;
}

function transportRules(image: RuleSetImage, protocol: number): TransportRules {
  return protocol === TCP ? image.tcp : protocol === UDP ? image.udp : image.other;
}

function groupOf(rules: DirectionRules, port: number): GroupRules {
  return rules.groups[rules.groupOf[port & 0xffff]!]!;
}
