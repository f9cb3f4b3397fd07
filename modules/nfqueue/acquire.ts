/** Fills batches with the packets of this thread's queues. */
import type { Thread, ThreadModule } from '../../engine/module.js';
import { QUEUE_OVERHEAD } from '../../engine/native/queue.js';
import { native } from '../../engine/native.js';
import { Receiver } from '../../engine/receive/receiver.js';
import { VERDICT_DELIVERY } from '../../engine/verdict-delivery.js';
import type { QueueDelivery } from './delivery.js';
import { openEndpoint, waitFor } from './endpoints.js';
import { BUSY_POLL, COPY_RANGE } from './options.js';
import { LastReceivedId, queuesOf } from './queue.js';
import { QueueSource } from './source.js';

export function acquireQueues(thread: Thread): ThreadModule {
  const addon = native()!;
  const delivery = thread.services.get(VERDICT_DELIVERY) as QueueDelivery;
  const mine = queuesOf(thread);
  const sources = mine.map(({ queue, source }) => {
    const end = openEndpoint(queue.link, queue.number, addon);
    const outstanding = delivery.answersAll ? delivery.queues[source]!.enableMerging() : undefined;
    return new QueueSource(thread, addon, source, end, new LastReceivedId(queue.received), outstanding);
  });
  const links = mine.map(({ queue }) => queue.link);
  const largest = thread.config.read(COPY_RANGE) + QUEUE_OVERHEAD;
  return new Receiver(thread, {
    sources,
    largest,
    wait: waitFor(links, addon, thread.config.read(BUSY_POLL)),
  });
}
