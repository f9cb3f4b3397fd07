import { expect, it } from 'vitest';
import { PendingTransactions } from '../../engine/application/pending-transactions.js';
import { Session } from '../../engine/application/session.js';
import { TwoSidedTransaction } from '../../engine/protocol.js';
import { other } from './toy.js';

class Numbered extends TwoSidedTransaction {}

function conversation() {
  const session = new Session(other, 0, undefined);
  const begin = () => session.begin(new Numbered(session.transactionCount));
  return { session, begin, waiting: new PendingTransactions<number, Numbered>(session as never) };
}

it('waiting transactions find the oldest incomplete transaction with a key', () => {
  const { session, begin, waiting } = conversation();
  const [first, second, third] = [begin(), begin(), begin()] as Numbered[];
  waiting.add(7, first!);
  waiting.add(8, second!);
  waiting.add(7, third!);
  expect([waiting.find(7), waiting.find(8), waiting.find(9)]).toEqual([first, second, undefined]);
  session.complete(first!);
  expect(waiting.find(7)).toBe(third);
  session.complete(third!);
  expect(waiting.find(7)).toBeUndefined();
});

it('waiting transactions forget complete ones, whatever their key', () => {
  const { session, begin, waiting } = conversation();
  for (let i = 0; i < 20_000; i++) {
    const transaction = begin() as Numbered;
    waiting.add(i, transaction);
    session.complete(transaction);
  }
  const { byKey } = waiting as unknown as { byKey: ReadonlyMap<number, unknown> };
  expect(byKey.size).toBeLessThanOrEqual(4096);
});

it('a session knows its oldest incomplete transaction', () => {
  const { session, begin } = conversation();
  const [first, second, third] = [begin(), begin(), begin()] as Numbered[];
  expect(session.oldestOpen).toBe(first);
  session.complete(first!);
  session.complete(second!);
  expect(session.oldestOpen).toBe(third);
  session.transactions[0] = third!;
  session.truncate(1);
  expect(session.oldestOpen).toBe(third);
  session.complete(third!);
  expect(session.oldestOpen).toBeUndefined();
});
