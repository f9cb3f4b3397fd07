/** What is inspected before the next data of its conversation is parsed, within a batch: what that may change. */
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

/** Each message of the client opens a transaction. */
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

it('an open transaction is inspected as it is before more of it comes', () => {
  const feed = new Feed([toy]).atOnce([
    [true, 'TOY one:5\nhel'],
    [true, 'lo'],
  ]);
  expect(feed.thread.passed.length).toBe(1);
});

it.each([
  ['of the wire', Packet.PSEUDO_NONE],
  ['in a tunnel', Packet.PSEUDO_TUNNEL],
  ['of fragments', Packet.PSEUDO_REASSEMBLED],
])('so is one of datagrams: %s', (_, pseudo) => {
  const feed = new Feed([datagrams], { transport: 'udp', pseudo }).atOnce([
    [true, 'TOY '],
    [false, 'toy '],
  ]);
  expect([feed.transactions.length, feed.thread.passed.length]).toEqual([1, 1]);
});

it('messages that stand for themselves stay together, however many a socket has of them', () => {
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
