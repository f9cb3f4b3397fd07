/** `stats.stream-events`: the number of packets that had each stream event. */

import type { Thread } from '../../engine/module.js';
import { countsStreamEvents, eventCounterName } from '../../engine/packet/event-counters.js';
import { FIRST_STREAM_EVENT, STREAM_EVENTS } from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';

export class EventCounters {
  private readonly indexes: readonly number[];

  /** @returns undefined when they are not enabled */
  static of(thread: Thread): EventCounters | undefined {
    return countsStreamEvents(thread.config) ? new EventCounters(thread) : undefined;
  }

  private constructor(private readonly thread: Thread) {
    this.indexes = Array.from({ length: STREAM_EVENTS }, (_, i) =>
      thread.counters.declare(eventCounterName(FIRST_STREAM_EVENT + i, thread.config)),
    );
  }

  count(slot: number): void {
    const { memory, counters } = this.thread;
    const p = slot * Packet.INTS;
    this.indexes.forEach((index, i) => {
      if (Packet.hasEvent(memory.row, p, FIRST_STREAM_EVENT + i)) counters.values[index]!++;
    });
  }
}
