/** Independent captures (`pcap-file.separate`). */
import type { Batch } from '../../engine/batch.js';
import { FLOW_TABLE, type FlowTable } from '../../engine/flow/flow-table.js';
import type { Thread } from '../../engine/module.js';

export class Separation {
  private hasBegun = false;

  constructor(private readonly thread: Thread) {}

  /**
   * Before the first packet of a capture: ends the flows of the previous one.
   * @param batch the previous capture's last packets
   * @returns whether packet numbers restart
   */
  begin(batch: Batch, part: number): boolean {
    if (this.hasBegun) this.endFlows(batch);
    this.hasBegun = true;
    this.thread.beginPart?.(part);
    return this.thread.services.has(FLOW_TABLE);
  }

  private endFlows(batch: Batch): void {
    const { thread } = this;
    const flows = thread.services.get(FLOW_TABLE) as FlowTable | undefined;
    if (!flows) {
      thread.warnOnce(
        'pcap-file.separate has no effect: flows and captures are processed in different threads',
      );
      return;
    }
    thread.forward(batch);
    flows.endAll();
    while (flows.ending > 0) thread.forward(batch);
  }
}
