/** Whether a detection applies to a flow: matches addresses and ports against the detection's header. */
import type { EndpointPattern, FlowPattern } from '../../engine/detection/prepared.js';
import type { FlowRows } from '../../engine/flow/flow-record.js';
import * as Flow from '../../engine/flow/flow-record.js';

/** @param flow row of the flow */
export type FlowFit = (flows: FlowRows, flow: number) => boolean;

/** @param possible transports that the detection's form can read; undefined: all */
export function flowFit(pattern: FlowPattern, possible: readonly number[] | undefined): FlowFit {
  const { transports, client, server, bothWays } = pattern;
  const wanted = transports.length > 0 ? transports : possible;
  const oneWay = (flows: FlowRows, f: number, forward: boolean): boolean => {
    const [a, b] = forward ? [client, server] : [server, client];
    const { row } = flows;
    return (
      hasPort(a, row[f + Flow.CLIENT_PORT]!) &&
      hasPort(b, row[f + Flow.SERVER_PORT]!) &&
      hasAddress(a, flows, f, Flow.CLIENT_ADDRESS) &&
      hasAddress(b, flows, f, Flow.SERVER_ADDRESS)
    );
  };
  return (flows, flow) => {
    const f = flow * Flow.INTS;
    if (wanted && !wanted.includes(flows.row[f + Flow.PROTOCOL]!)) return false;
    return oneWay(flows, f, true) || (bothWays && oneWay(flows, f, false));
  };
}

function hasPort({ ports }: EndpointPattern, port: number): boolean {
  for (const [first, last] of ports) if (port >= first && port <= last) return true;
  return false;
}

function hasAddress(side: EndpointPattern, { row, bytes }: FlowRows, f: number, column: number): boolean {
  if (side.anyAddress) return true;
  const at = (f + column) * 4;
  if (row[f + Flow.IP_VERSION] === 6) {
    const address = Buffer.from(bytes.buffer, bytes.byteOffset + at, 16).toString('hex');
    return side.v6.some(([first, last]) => address >= first && address <= last);
  }
  const address = Buffer.from(bytes.buffer, bytes.byteOffset + at, 4).readUInt32BE(0);
  return side.v4.some(([first, last]) => address >= first && address <= last);
}
