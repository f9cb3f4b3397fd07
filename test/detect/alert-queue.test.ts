/** Alerts of a packet are ordered by signature, then transaction, each with the data that belongs to it. */
import { expect, it } from 'vitest';
import type { Protocol, Transaction } from '../../engine/protocol.js';
import { AlertQueue, MATCH_GUESSED, MATCH_STREAM, type Subject } from '../../modules/detect/alert-queue.js';

const inTransaction = (id: number): Subject => ({
  protocol: {} as Protocol,
  transaction: { id } as Transaction,
});

/** An alert as `signature/transaction`; its data is different for each. */
function add(queue: AlertQueue, alert: string): boolean {
  const [signature, transaction] = alert.split('/').map(Number);
  const subject = transaction === undefined ? undefined : inTransaction(transaction);
  const flags = signature! % 2 === 0 ? MATCH_STREAM : MATCH_GUESSED;
  return queue.add(signature!, subject, flags, signature! % 3 === 0, `c${alert}`, `m${alert}`);
}

function shown(queue: AlertQueue): string[] {
  return Array.from({ length: queue.length }, (_, i) => {
    const signature = queue.signatures[i]!;
    const transaction = queue.subjects[i]?.transaction.id;
    const alert = transaction === undefined ? `${signature}` : `${signature}/${transaction}`;
    expect(queue.transactions[i]).toBe(transaction ?? -1);
    expect(queue.flags[i]).toBe(signature % 2 === 0 ? MATCH_STREAM : MATCH_GUESSED);
    expect(queue.toServer[i]).toBe(signature % 3 === 0 ? 1 : 0);
    expect([queue.contexts[i], queue.members[i]]).toEqual([`c${alert}`, `m${alert}`]);
    return alert;
  });
}

it.each([
  ['1 2 3', '1 2 3'],
  ['3 2 1', '1 2 3'],
  ['4 1 3 2', '1 2 3 4'],
  ['2/7 2/5 2/6 1/9', '1/9 2/5 2/6 2/7'],
  ['2/0 2 1', '1 2 2/0'],
  ['1/9 2/5 3', '1/9 2/5 3'],
])('%s is ordered as %s', (added, expected) => {
  const queue = new AlertQueue(4);
  for (const alert of added.split(' ')) expect(add(queue, alert)).toBe(true);
  expect(shown(queue).join(' ')).toBe(expected);
});

it('an equal alert is queued behind the first one', () => {
  const queue = new AlertQueue(4);
  for (const context of ['first', 'second']) queue.add(1, inTransaction(2), 0, true, context);
  expect(queue.contexts.slice(0, 2)).toEqual(['first', 'second']);
});

it.each([
  ['1 3', '2', 3, '1 2'],
  ['1 3', '4', 4, '1 3'],
  ['1 3', '3', 3, '1 3'],
  ['1 3/2', '3/1', 3, '1 3/1'],
  ['1', '4', -1, '1 4'],
])('in a full queue of %s, adding %s replaces signature %i', (there, alert, givesWay, expected) => {
  const queue = new AlertQueue(2);
  for (const each of there.split(' ')) add(queue, each);
  const [signature, transaction = -1] = alert.split('/').map(Number);
  expect(queue.makeRoom(signature!, transaction)).toBe(givesWay);
  add(queue, alert);
  expect(shown(queue).join(' ')).toBe(expected);
});
