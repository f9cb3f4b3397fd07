/** Counters of the flow module, under the names of Suricata's statistics. */
import type { Thread } from '../../engine/module.js';

const TCP = 6;

export class FlowCounters {
  readonly values: Float64Array;
  readonly active: number;
  readonly memcap: number;
  readonly memuse: number;
  readonly tcpReuse: number;
  readonly getUsed: number;
  readonly emergencyEntered: number;
  readonly emergencyOver: number;
  readonly spare: number;
  readonly checked: number;
  readonly timedOut: number;
  readonly stillAlive: number;
  private readonly total: number;
  private readonly byProtocol: ReadonlyMap<number, number>;

  constructor(thread: Thread) {
    const { counters } = thread;
    this.values = counters.values;
    this.total = counters.declare('flow.total');
    this.active = counters.declare('flow.active');
    this.byProtocol = new Map([
      [TCP, counters.declare('flow.tcp')],
      [17, counters.declare('flow.udp')],
      [1, counters.declare('flow.icmpv4')],
      [58, counters.declare('flow.icmpv6')],
    ]);
    this.tcpReuse = counters.declare('flow.tcp_reuse');
    this.getUsed = counters.declare('flow.get_used');
    this.emergencyEntered = counters.declare('flow.emerg_mode_entered');
    this.emergencyOver = counters.declare('flow.emerg_mode_over');
    this.spare = counters.declare('flow.spare');
    this.checked = counters.declare('flow.mgr.flows_checked');
    this.timedOut = counters.declare('flow.mgr.flows_timeout');
    this.stillAlive = counters.declare('flow.mgr.flows_notimeout');
    this.memcap = counters.declare('flow.memcap');
    this.memuse = counters.declare('flow.memuse');
  }

  add(counter: number, amount = 1): void {
    this.values[counter]! += amount;
  }

  began(protocol: number): void {
    this.values[this.total]!++;
    this.values[this.active]!++;
    const counter = this.byProtocol.get(protocol);
    if (counter !== undefined) this.values[counter]!++;
  }

  ended(): void {
    this.values[this.active]!--;
  }
}
