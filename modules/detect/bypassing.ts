/** Bypasses flows that signatures with `bypass` matched in: from the next packet on nothing of them is looked at. */
import { BypassedPackets } from '../../engine/flow/bypassed-packets.js';
import { bypassFlow } from '../../engine/flow/flow-bypass.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { BypassRequest } from '../../signatures/state/bypass-request.js';

export class Bypassing {
  private readonly packets: BypassedPackets;
  private readonly row: Int32Array;
  /** Flows bypassed here that did not end yet: packets of them may have come past the stages before already. */
  private readonly bypassed = new Set<number>();

  constructor(
    private readonly thread: Thread,
    private readonly request: BypassRequest,
  ) {
    this.packets = new BypassedPackets(thread);
    this.row = thread.memory.row;
  }

  /** A packet was judged: does what its signatures asked for. */
  judged(): void {
    const flow = this.request.take();
    if (flow < 0) return;
    bypassFlow(this.thread, flow);
    this.bypassed.add(flow);
  }

  /** Whether the flow of the packet at `p` was bypassed here; then the packet is marked and counted. */
  has(p: number, flow: number): boolean {
    if (this.bypassed.size === 0 || !this.bypassed.has(flow)) return false;
    this.packets.note(p, flow);
    return true;
  }

  /** Whether an event is about a packet behind a bypass: what was told of it is taken back. */
  silences(root: number): boolean {
    if (this.bypassed.size === 0) return false;
    const p = root * Packet.INTS;
    return (
      (this.row[p + Packet.FLOW_STATE]! & Packet.FLOW_BYPASSED) !== 0 &&
      this.row[p + Packet.PSEUDO]! <= Packet.PSEUDO_REASSEMBLED
    );
  }

  /** The flow is over. */
  release(flow: number): void {
    if (this.bypassed.size > 0) this.bypassed.delete(flow);
  }
}
