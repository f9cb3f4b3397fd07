/** Reports packets with decoder or stream events to the outputs. */
import type { Batch } from '../../engine/batch.js';
import { addEvent, EVENT_ANOMALY } from '../../engine/event.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';

export class Anomalies {
  readonly wanted: boolean;
  private readonly lost: number;

  constructor(private readonly thread: Thread) {
    this.wanted = thread.wants(EVENT_ANOMALY);
    this.lost = thread.counters.declare('detect.anomaly_events_lost');
  }

  process(batch: Batch): void {
    const { row } = this.thread.memory;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const p = slot * Packet.INTS;
      batch.keep(slot);
      if (
        (row[p + Packet.FLAGS]! & Packet.FLAG_HAS_EVENTS) === 0 ||
        row[p + Packet.PSEUDO] === Packet.PSEUDO_EVENT
      )
        continue;
      if (addEvent(this.thread, batch, EVENT_ANOMALY, slot, '') < 0)
        this.thread.counters.values[this.lost]!++;
    }
    batch.replace();
  }
}
