/** Client and server of a flow are swapped: the first packet seen came from the server. */

import type { FlowRows } from './flow-record.js';
import * as FlowRecord from './flow-record.js';

const INT_PAIRS: readonly (readonly [number, number])[] = [
  [FlowRecord.CLIENT_ADDRESS, FlowRecord.SERVER_ADDRESS],
  [FlowRecord.CLIENT_ADDRESS + 1, FlowRecord.SERVER_ADDRESS + 1],
  [FlowRecord.CLIENT_ADDRESS + 2, FlowRecord.SERVER_ADDRESS + 2],
  [FlowRecord.CLIENT_ADDRESS + 3, FlowRecord.SERVER_ADDRESS + 3],
  [FlowRecord.CLIENT_PORT, FlowRecord.SERVER_PORT],
  [FlowRecord.PACKETS_TO_SERVER, FlowRecord.PACKETS_TO_CLIENT],
  [FlowRecord.TCP_FLAGS_TO_SERVER, FlowRecord.TCP_FLAGS_TO_CLIENT],
];

const DOUBLE_PAIRS: readonly (readonly [number, number])[] = [
  [FlowRecord.BYTES_TO_SERVER, FlowRecord.BYTES_TO_CLIENT],
  [FlowRecord.BYPASSED_PACKETS_TO_SERVER, FlowRecord.BYPASSED_PACKETS_TO_CLIENT],
  [FlowRecord.BYPASSED_BYTES_TO_SERVER, FlowRecord.BYPASSED_BYTES_TO_CLIENT],
];

const SEEN = FlowRecord.FLAG_TO_SERVER_SEEN | FlowRecord.FLAG_TO_CLIENT_SEEN;

/** Swaps the two sides in the row of a flow. Only for the thread that owns the row. */
export function swapRecord(flows: FlowRows, flow: number): void {
  const { row, row64 } = flows;
  const f = flow * FlowRecord.INTS;
  for (const [a, b] of INT_PAIRS) swap(row, f + a, f + b);
  for (const [a, b] of DOUBLE_PAIRS) {
    swap(row64, flow * FlowRecord.DOUBLES + a, flow * FlowRecord.DOUBLES + b);
  }
  const ttls = row[f + FlowRecord.TTLS]!;
  row[f + FlowRecord.TTLS] = (ttls << 16) | (ttls >>> 16);
  const flags = row[f + FlowRecord.FLAGS]!;
  const seen = flags & SEEN;
  const swapped =
    seen === FlowRecord.FLAG_TO_SERVER_SEEN
      ? FlowRecord.FLAG_TO_CLIENT_SEEN
      : seen === FlowRecord.FLAG_TO_CLIENT_SEEN
        ? FlowRecord.FLAG_TO_SERVER_SEEN
        : seen;
  row[f + FlowRecord.FLAGS] = (flags & ~SEEN) | swapped;
}

function swap(columns: Int32Array | Float64Array, a: number, b: number): void {
  const saved = columns[a]!;
  columns[a] = columns[b]!;
  columns[b] = saved;
}
