/** Verdicts refused by the kernel are sent again, in order, and no later verdict applies to their packets. */
import { expect, it } from 'vitest';
import { VERDICT_INTS, VERDICT_UP_TO_HERE, VERDICT_WITH_PAYLOAD } from '../../engine/native/queue.js';
import type { Native } from '../../engine/native.js';
import { NF_ACCEPT, NF_DROP } from '../../modules/nfqueue/answers.js';
import type { QueueEndpoint } from '../../modules/nfqueue/driver.js';
import { Latency } from '../../modules/nfqueue/latency.js';
import { LastReceivedId, type OpenQueue } from '../../modules/nfqueue/queue.js';
import { UnsentVerdicts } from '../../modules/nfqueue/unsent.js';
import { VerdictQueue } from '../../modules/nfqueue/verdict-queue.js';

const BYTES = new Uint8Array(64);
const clock = { clockNow: () => {} } as unknown as Native;

/** A kernel with memory for a limited number of verdicts. */
class Kernel implements QueueEndpoint {
  room = 0;
  readonly taken: string[] = [];

  receive(): number {
    return 0;
  }

  send(_: Uint8Array, verdicts: Uint32Array, count: number): number {
    for (let i = 0; i < count; i++) {
      if (this.room === 0) return count - i;
      this.room--;
      const [id, answer, flags] = verdicts.subarray(i * VERDICT_INTS, (i + 1) * VERDICT_INTS);
      const which = flags! & VERDICT_UP_TO_HERE ? `up to ${id}` : `${id}`;
      const changed = flags! & VERDICT_WITH_PAYLOAD ? ' changed' : '';
      this.taken.push(`${which} ${answer === NF_DROP ? 'drop' : 'accept'}${changed}`);
    }
    return 0;
  }
}

function queueTo(kernel: Kernel): VerdictQueue {
  const open: OpenQueue = {
    number: 0,
    link: { driver: 'netlink', socket: -1 },
    received: LastReceivedId.allocate(),
    latency: Latency.allocate(),
  };
  return new VerdictQueue(clock, kernel, open, BYTES, 1024, 0);
}

function rows(...verdicts: [id: number, answer: number][]): Uint32Array {
  const all = new Uint32Array(verdicts.length * VERDICT_INTS);
  verdicts.forEach(([id, answer], i) => {
    all.set([id, answer], i * VERDICT_INTS);
  });
  return all;
}

it('refused verdicts are sent before later ones', () => {
  const kernel = new Kernel();
  const queue = queueTo(kernel);
  const outstanding = queue.enableMerging();
  for (const id of [1, 2, 3, 4]) outstanding.received(id);
  queue.add(1, NF_DROP, 0, 0, 0, 0, 0, 0);
  queue.send();
  kernel.room = 1;
  queue.add(2, NF_ACCEPT, 0, 0, 0, 0, 0, 20);
  queue.add(3, NF_ACCEPT, 0, 0, 0, 0, 0, 0);
  queue.add(4, NF_ACCEPT, 0, 0, 0, 0, 0, 0);
  queue.send();
  expect(kernel.taken).toEqual(['1 drop']);
  kernel.room = 9;
  queue.send();
  expect(kernel.taken).toEqual(['1 drop', '2 drop', 'up to 4 accept']);
  expect([queue.repeated, queue.failed, queue.sent]).toEqual([3, 0, 4]);
  queue.send();
  expect(kernel.taken).toHaveLength(3);
});

it('everything is dropped with one verdict if too many verdicts wait', () => {
  const kernel = new Kernel();
  const unsent = new UnsentVerdicts(kernel, BYTES, 3);
  unsent.keep(rows([0xffff_fffe, NF_ACCEPT], [1, NF_ACCEPT], [0, NF_ACCEPT], [2, NF_ACCEPT]), 0, 4, true);
  expect([unsent.count, unsent.lost]).toEqual([2, 3]);
  kernel.room = 9;
  expect(unsent.send()).toBe(true);
  expect(kernel.taken).toEqual(['up to 1 drop', '2 accept']);
});

it('verdicts beyond the limit are lost if other threads answer the queue, too', () => {
  const kernel = new Kernel();
  const unsent = new UnsentVerdicts(kernel, BYTES, 2);
  unsent.keep(rows([1, NF_ACCEPT], [2, NF_DROP], [3, NF_ACCEPT]), 0, 3, false);
  expect([unsent.count, unsent.lost]).toEqual([2, 1]);
  kernel.room = 1;
  expect(unsent.send()).toBe(false);
  kernel.room = 1;
  expect(unsent.send()).toBe(true);
  expect(kernel.taken).toEqual(['1 accept', '2 drop']);
});
