/** Counters of TCP tracking, under the names of Suricata's statistics. */
import type { Thread } from '../../../engine/module.js';
import { ACK, RST, SYN, URG } from './segment.js';

export class TcpCounters {
  readonly values: Float64Array;
  readonly sessions: number;
  readonly activeSessions: number;
  readonly memcapDrop: number;
  readonly midstreamPickups: number;
  readonly wrongThread: number;
  readonly ackUnseenData: number;
  readonly memuse: number;
  readonly urgentBytes: number;
  private readonly syn: number;
  private readonly synAck: number;
  private readonly rst: number;
  private readonly urg: number;

  constructor(thread: Thread) {
    const { counters } = thread;
    const declare = (name: string) => counters.declare(`tcp.${name}`);
    this.values = counters.values;
    this.sessions = declare('sessions');
    this.activeSessions = declare('active_sessions');
    this.memcapDrop = declare('ssn_memcap_drop');
    this.midstreamPickups = declare('midstream_pickups');
    this.wrongThread = declare('pkt_on_wrong_thread');
    this.ackUnseenData = declare('ack_unseen_data');
    this.syn = declare('syn');
    this.synAck = declare('synack');
    this.rst = declare('rst');
    this.urg = declare('urg');
    this.urgentBytes = declare('urgent_oob_data');
    this.memuse = declare('memuse');
  }

  add(counter: number, amount = 1): void {
    this.values[counter]! += amount;
  }

  countFlags(flags: number): void {
    if ((flags & (SYN | RST | URG)) === 0) return;
    if ((flags & (SYN | ACK)) === (SYN | ACK)) this.values[this.synAck]!++;
    else if (flags & SYN) this.values[this.syn]!++;
    if (flags & RST) this.values[this.rst]!++;
    if (flags & URG) this.values[this.urg]!++;
  }
}
