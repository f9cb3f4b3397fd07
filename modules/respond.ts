/** Active response: answers rejected packets with a TCP reset or an ICMP error, where packets can be sent. */
import type { Batch } from '../engine/batch.js';
import { engineMode } from '../engine/exception-policy.js';
import { isSenderReset } from '../engine/flow/flow-decision.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import { PACKET_SENDER, type PacketSender } from '../engine/packet/packet-sender.js';
import * as Packet from '../engine/packet.js';
import { isAnswerable, isIcmpError } from './respond/answerable.js';
import { ReplyBuilder } from './respond/reply.js';

const TCP = 6;
const RST = 4;

export default defineModule({
  summary: 'answers rejected packets with a TCP reset or an ICMP error',
  kind: 'stage',
  after: ['verdict'],
  create: thread => new Respond(thread),
});

class Respond implements ThreadModule {
  private readonly replies: ReplyBuilder;
  private readonly sent: number;
  private readonly unsent: number;

  constructor(private readonly thread: Thread) {
    this.replies = new ReplyBuilder(thread.memory, thread.config.read(engineMode) === 'ips');
    this.sent = thread.counters.declare('respond.sent');
    this.unsent = thread.counters.declare('respond.unsent');
  }

  process(batch: Batch): void {
    const { row } = this.thread.memory;
    for (let i = 0; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      const verdict = row[p + Packet.VERDICT]!;
      if (verdict < Packet.VERDICT_DROP || verdict > Packet.VERDICT_REJECT_BOTH) continue;
      if (verdict !== Packet.VERDICT_DROP) this.answer(p, verdict);
      else if (this.isSentAgain(p)) this.answer(p, Packet.VERDICT_REJECT);
    }
  }

  /**
   * Whether the flow of this dropped packet was rejected before. A reset may cross packets already sent: a side that
   * has received more by then does not accept it (RFC 5961 3.2), and its next packet shows which number it expects.
   */
  private isSentAgain(p: number): boolean {
    const { row } = this.thread.memory;
    return row[p + Packet.PROTOCOL] === TCP && isSenderReset(row, this.thread.flows.row, p);
  }

  private answer(p: number, verdict: number): void {
    if (!isAnswerable(this.thread.memory, p)) return;
    const { row } = this.thread.memory;
    const toSource = verdict !== Packet.VERDICT_REJECT_DESTINATION;
    const toDestination = verdict !== Packet.VERDICT_REJECT;
    if (row[p + Packet.PROTOCOL] === TCP) {
      // RFC 9293 3.5.2: a reset is never answered with a reset. An unreadable header has no ports.
      if ((row[p + Packet.TCP_FLAGS]! & RST) !== 0 || row[p + Packet.L4] === 0) return;
      if (toSource) this.send(this.replies.reset(p, true));
      if (toDestination) this.send(this.replies.reset(p, false));
    } else if (toSource && !isIcmpError(this.thread.memory, p)) {
      this.send(this.replies.unreachable(p));
    }
  }

  private send(length: number): void {
    const sender = this.thread.services.get(PACKET_SENDER) as PacketSender | undefined;
    const sent = sender?.send(this.replies.bytes, length) === true;
    this.thread.counters.values[sent ? this.sent : this.unsent]!++;
  }
}
