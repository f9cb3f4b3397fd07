/** How flows ended, under the names of Suricata's statistics: totals of the fields of flow records. */
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Counters } from '../../engine/module.js';
import { STATE_NAMES } from '../../engine/stream/tcp-state.js';

const TCP = 6;
/** By STATE_ constant; a free row never ends. */
const END_STATES = ['new', 'new', 'established', 'closed', 'local_bypassed', 'capture_bypassed'];

export class EndCounters {
  private readonly values: Float64Array;
  private readonly state: readonly number[];
  private readonly tcpState: readonly number[];

  constructor(counters: Counters) {
    this.values = counters.values;
    this.state = END_STATES.map(name => counters.declare(`flow.end.state.${name}`));
    this.tcpState = STATE_NAMES.map(name => counters.declare(`flow.end.tcp_state.${name}`));
  }

  /** @param f index of the row of a flow that has ended, with the results of all modules */
  count(flows: Int32Array, f: number): void {
    this.values[this.state[flows[f + FlowRecord.STATE]!]!]!++;
    if (flows[f + FlowRecord.PROTOCOL] === TCP) {
      this.values[this.tcpState[flows[f + FlowRecord.TCP_STATE]!]!]!++;
    }
  }
}
