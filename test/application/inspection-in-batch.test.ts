/** Inspection of a packet before further data of the same conversation in the batch is parsed: when it is needed. */
import { expect, it } from 'vitest';
import * as Packet from '../../engine/packet.js';
import { defineProtocol } from '../../engine/protocol.js';
import dns from '../../modules/app/dns.js';
import { Feed } from './feed.js';
import { type ToyTransaction, toy } from './toy.js';

const NAME = '\x05hosts\x03com\0';
const query = (id: number): string =>
  `\0${String.fromCharCode(id)}\x01\0\0\x01\0\0\0\0\0\0${NAME}\0\x01\0\x01`;
const answer = (id: number): string =>
  `\0${String.fromCharCode(id)}\x81\x80\0\x01\0\0\0\0\0\0${NAME}\0\x01\0\x01`;

/** Each message of the client begins a transaction. */
const datagrams = defineProtocol<ToyTransaction>({
  ...toy,
  transports: ['udp'],
  client: undefined,
  server: undefined,
  datagram(session, _bytes, _start, _end, toServer) {
    const given = {
      id: 0,
      progressToServer: 0,
      progressToClient: 0,
      events: [],
      name: '',
      body: '',
      reply: '',
    };
    if (toServer) session.advance(session.begin(given), true, 1);
    else session.advance(session.transactions[0]!, false, 1);
  },
});

it('an open TCP transaction is inspected in its current state before its next data is parsed', () => {
  const feed = new Feed([toy]).atOnce([
    [true, 'TOY one:5\nhel'],
    [true, 'lo'],
  ]);
  expect(feed.thread.passed.length).toBe(1);
});

it.each([
  ['from the wire', Packet.PSEUDO_NONE],
  ['from a tunnel', Packet.PSEUDO_TUNNEL],
  ['reassembled from fragments', Packet.PSEUDO_REASSEMBLED],
])('an open UDP transaction is inspected before its next datagram is parsed: datagrams %s', (_, pseudo) => {
  const feed = new Feed([datagrams], { transport: 'udp', pseudo }).atOnce([
    [true, 'TOY '],
    [false, 'toy '],
  ]);
  expect([feed.transactions.length, feed.thread.passed.length]).toEqual([1, 1]);
});

it('datagrams with transactions of their own stay in one batch, however many a flow has', () => {
  const feed = new Feed([dns], { transport: 'udp', serverPort: 53 }).atOnce([
    [true, query(1)],
    [true, query(2)],
    [false, answer(1)],
    [true, query(3)],
    [false, answer(2)],
  ]);
  expect(feed.thread.passed).toEqual([]);
  expect(feed.transactions.length).toBe(5);
});
