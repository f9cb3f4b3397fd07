import type { Batch } from '../../../engine/batch.js';
import { defineModule, type LogWriter, type Thread } from '../../../engine/module.js';
import * as Packet from '../../../engine/packet.js';

/** Writes a line for each packet: thread, number, IP version, alerts. Sets verdicts, so that it may be used alone. */
export default defineModule({
  summary: 'tells what it sees',
  kind: 'stage',
  judges: true,
  create: thread => new Tell(thread),
});

class Tell {
  private readonly log: LogWriter;
  private readonly bytes = new Uint8Array(256);
  private readonly encoder = new TextEncoder();

  constructor(private readonly thread: Thread) {
    this.log = thread.openLog('seen');
  }

  process(batch: Batch): void {
    const { row } = this.thread.memory;
    for (let i = 0; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      const fields = [
        this.thread.name,
        row[p + Packet.NUMBER],
        row[p + Packet.IP_VERSION],
        row[p + Packet.ALERTS],
      ];
      const { written } = this.encoder.encodeInto(`${fields.join(' ')}\n`, this.bytes);
      this.log.write(this.bytes, 0, written);
    }
  }
}
