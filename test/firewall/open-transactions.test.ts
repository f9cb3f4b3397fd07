import { expect, it } from 'vitest';
import type { ApplicationSession } from '../../engine/application-layer.js';
import type { Transaction } from '../../engine/protocol.js';
import { OpenTransactions } from '../../modules/detect/firewall/open-transactions.js';

const talk = (silentAfter?: readonly [number, number]) =>
  ({ protocol: { silentAfter } }) as unknown as ApplicationSession;
const transactions = (count: number) => Array.from({ length: count }, (_, id) => ({ id }) as Transaction);
const ids = (open: OpenTransactions) => open.affected.map(({ transaction }) => transaction.id);

it('a packet concerns the transactions that were updated, the oldest first, however many are open', () => {
  const open = new OpenTransactions();
  const all = transactions(1000);
  for (const each of all) open.of(talk(), each);
  expect(ids(open)).toEqual(all.map(({ id }) => id));
  open.endPacket(1024);
  expect([open.size, ids(open)]).toEqual([1000, []]);
  for (const id of [7, 999, 3, 7]) open.of(talk(), all[id]!);
  expect(ids(open)).toEqual([3, 7, 999]);
});

it('a transaction whose update was dropped, or that may advance without one, concerns the next packet, too', () => {
  const open = new OpenTransactions();
  const [missed, untold, over] = transactions(3) as [Transaction, Transaction, Transaction];
  open.of(talk(), missed).toServer.missed = true;
  open.of(talk([1, 1]), untold);
  const { toServer, toClient } = open.of(talk([1, 1]), over);
  toServer.complete = true;
  toClient.complete = true;
  open.endPacket(1024);
  expect([open.size, ids(open)]).toEqual([2, [0, 1]]);
  open.of(talk(), missed).toServer.missed = false;
  open.endPacket(1024);
  expect([open.size, ids(open)]).toEqual([2, [1]]);
});

it('beyond the limit, the oldest are given up, whether concerned or not', () => {
  const open = new OpenTransactions();
  const all = transactions(5);
  for (const each of all) open.of(talk([1, 1]), each);
  open.endPacket(3);
  expect([open.size, ids(open)]).toEqual([3, [2, 3, 4]]);
  expect(open.of(talk(), all[0]!).number).toBe(5);
  expect(ids(open)).toEqual([2, 3, 4, 0]);
});
