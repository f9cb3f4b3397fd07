/** The command get-flow-stats-by-id: counters of an active flow. */
import type { Handlers } from '../../control/control-socket.js';
import * as Flow from '../../flow/flow-record.js';

/** @param rows of all flows; undefined while there are no threads */
export function flowCommands(rows: () => Flow.FlowRows | undefined): Handlers {
  return {
    'get-flow-stats-by-id': parameters => {
      const id = Number(parameters['flow_id']);
      if (!Number.isSafeInteger(id) || id < 0) throw new Error('flow_id is missing, expected a number');
      const flows = rows();
      const flow = flows ? find(flows, id) : -1;
      if (flow < 0) throw new Error('Not found');
      return countsOf(flows!, flow);
    },
  };
}

function find({ row, capacity }: Flow.FlowRows, id: number): number {
  for (let flow = 0; flow < capacity; flow++) {
    const f = flow * Flow.INTS;
    if (row[f + Flow.STATE] === Flow.STATE_FREE) continue;
    if (Flow.flowId(row[f + Flow.ID_HIGH]!, row[f + Flow.ID_LOW]!) === id) return flow;
  }
  return -1;
}

function countsOf({ row, row64 }: Flow.FlowRows, flow: number) {
  const f = flow * Flow.INTS;
  const d = flow * Flow.DOUBLES;
  return {
    pkts_toclient: Flow.packetsOf(row, f, false),
    pkts_toserver: Flow.packetsOf(row, f, true),
    bytes_toclient: row64[d + Flow.BYTES_TO_CLIENT]!,
    bytes_toserver: row64[d + Flow.BYTES_TO_SERVER]!,
    age: Flow.lastSecondsOf(row, f) - Flow.startSecondsOf(row, f),
  };
}
