/** Bypasses flows in which a signature with `bypass` matched: from the next packet on they are not inspected. */
import { BypassedPackets } from '../../engine/flow/bypassed-packets.js';
import { bypassFlow } from '../../engine/flow/flow-bypass.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { BypassRequest } from '../../signatures/state/bypass-request.js';

export class Bypassing {
  private readonly packets: BypassedPackets;
  private readonly row: Int32Array;
  /** Flows bypassed here that have not ended: some of their packets may have passed earlier stages already. */
  private readonly bypassed = new Set<number>();

  constructor(
    private readonly thread: Thread,
    private readonly request: BypassRequest,
  ) {
    this.packets = new BypassedPackets(thread);
    this.row = thread.memory.row;
  }

  /** The verdict of a packet is known: performs the bypass requested by its signatures. */
  applyRequest(): void {
    const flow = this.request.take();
    if (flow < 0) return;
    bypassFlow(this.thread, flow);
    this.bypassed.add(flow);
  }

  /** Whether the flow of the packet at `p` was bypassed here; if so, the packet is marked and counted. */
  has(p: number, flow: number): boolean {
    if (this.bypassed.size === 0 || !this.bypassed.has(flow)) return false;
    this.packets.mark(p, flow);
    return true;
  }

  /** Whether an event belongs to a packet after a bypass: the event is then withdrawn. */
  suppressesEvent(root: number): boolean {
    if (this.bypassed.size === 0) return false;
    const p = root * Packet.INTS;
    return (
      (this.row[p + Packet.FLOW_STATE]! & Packet.FLOW_BYPASSED) !== 0 &&
      this.row[p + Packet.PSEUDO]! <= Packet.PSEUDO_REASSEMBLED
    );
  }

  /** The flow has ended. */
  release(flow: number): void {
    if (this.bypassed.size > 0) this.bypassed.delete(flow);
  }
}
