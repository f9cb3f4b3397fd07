/** Mutated conversations of protocols: no parser throws, whatever the input. */
import { expect, test } from 'vitest';
import { ApplicationState } from '../../engine/application/application-state.js';
import type { Config } from '../../engine/config/config.js';
import type { Protocol, Transaction } from '../../engine/protocol.js';
import dht from '../../modules/app/bittorrent-dht.js';
import dhcp from '../../modules/app/dhcp.js';
import ike from '../../modules/app/ike.js';
import krb5 from '../../modules/app/krb5.js';
import nfs from '../../modules/app/nfs.js';
import pgsql from '../../modules/app/pgsql.js';
import quic from '../../modules/app/quic.js';
import sip from '../../modules/app/sip.js';
import snmp from '../../modules/app/snmp.js';
import websocket from '../../modules/app/websocket.js';
import * as lease from '../app/dhcp/message-builder.js';
import { association1, association2, message, part, proposal2 } from '../app/ike/message-builder.js';
import { reply, request } from '../app/krb5/message-builder.js';
import * as rpc from '../app/nfs/message-builder.js';
import * as sql from '../app/pgsql/message-builder.js';
import { CLIENT_1, crypto, googleHello, initial, SERVER_1 } from '../app/quic/packet-builder.js';
import * as call from '../app/sip/message-builder.js';
import * as manager from '../app/snmp/message-builder.js';
import { alpn, clientHello, serverHello, serverName } from '../app/tls/handshake-builder.js';
import { frame } from '../app/websocket/frame-builder.js';
import { concat } from '../packets/bytes.js';
import { randomNumbers } from '../pseudo-random.js';
import { stubThread } from '../thread-stub.js';
import { BINARY_CONVERSATIONS } from './binary-conversations.js';
import { mutatedVariants } from './byte-mutator.js';
import type { Turn } from './conversation-turns.js';
import { TEXT_CONVERSATIONS } from './text-conversations.js';

const SEEDS = [1, 2, 3];

interface Target {
  readonly protocol: Protocol<any>;
  readonly transport: 'tcp' | 'udp';
  readonly client: readonly Uint8Array[];
  readonly server: readonly Uint8Array[];
}

const hello = clientHello([serverName('a.example'), alpn('h3')]);

/** All data that one side sends. */
const sentBy = (turns: readonly Turn[], toServer: boolean) =>
  concat(...turns.filter(turn => turn.toServer === toServer).map(({ bytes }) => bytes));

/** The conversations that `segments.test.ts` uses, too. */
const OVER_TCP = [...BINARY_CONVERSATIONS, ...TEXT_CONVERSATIONS]
  .filter(({ name }) =>
    ['krb5', 'nfs', 'enip', 'sip', 'pgsql', 'rfb', 'dnp3', 'modbus', 'rdp', 'telnet'].includes(name),
  )
  .map(
    ({ protocols, turns }): Target => ({
      protocol: protocols[0]!,
      transport: 'tcp',
      client: [sentBy(turns, true)],
      server: [sentBy(turns, false)],
    }),
  );

const TARGETS: readonly Target[] = [
  ...OVER_TCP,
  { protocol: pgsql, transport: 'tcp', client: [sql.SSL_REQUEST], server: [Buffer.from('S')] },
  {
    protocol: quic,
    transport: 'udp',
    client: [
      initial(CLIENT_1, concat(crypto(9, hello.slice(9)), crypto(0, hello.slice(0, 9)))),
      googleHello([
        ['SNI', 'a'],
        ['UAID', 'b'],
      ]),
    ],
    server: [initial(SERVER_1, crypto(0, serverHello()))],
  },
  { protocol: krb5, transport: 'udp', client: [request(10, 'a', 'b')], server: [reply(13, 1, 2)] },
  { protocol: nfs, transport: 'udp', client: [rpc.read3(3, 0)], server: [rpc.content3(3, 'data', false)] },
  {
    protocol: dht,
    transport: 'udp',
    client: [Buffer.from('d1:ad2:id20:abcdefghij01234567894:porti6881ee1:q9:get_peers1:t2:aa1:y1:qe')],
    server: [
      Buffer.from('d1:rd2:id20:abcdefghij01234567896:valuesl6:axje.u6:idhtnmee1:t2:aa1:v4:UT121:y1:re'),
    ],
  },
  { protocol: sip, transport: 'udp', client: [Buffer.from(call.INVITE)], server: [Buffer.from(call.TRYING)] },
  {
    protocol: snmp,
    transport: 'udp',
    client: [manager.community(1, manager.pdu(0)), manager.version3(0, manager.scoped)],
    server: [manager.community(1, manager.pdu(2, 2)), manager.community(0, manager.trap)],
  },
  { protocol: dhcp, transport: 'udp', client: [lease.DISCOVER], server: [lease.ACK] },
  {
    protocol: ike,
    transport: 'udp',
    client: [message(1, 2, 0, association1([[1, 7]], [[2, 4]]), part(13, 'vendor'), part(4, 'key'))],
    server: [
      message(2, 34, 8, association2(proposal2([1, 12], [2, 5])), part(40, 'nonce'), part(41, '1234')),
    ],
  },
  {
    protocol: websocket,
    transport: 'tcp',
    client: [concat(frame(0x01, 'one', 7), frame(0x89, '', 7), frame(0x80, 'two', 9))],
    server: [concat(frame(0xc1, Uint8Array.of(0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00)), frame(0x88, ''))],
  },
];

const CASES = TARGETS.flatMap(target => SEEDS.map(seed => ({ ...target, name: target.protocol.name, seed })));

/** Reads everything that rules and outputs may read of a transaction. */
function ask(protocol: Protocol<any>, transaction: Transaction, settings: unknown): void {
  for (const toServer of [true, false]) {
    for (const buffer of protocol.buffers)
      for (let i = 0; buffer.get(transaction, toServer, i) && buffer.multiple && i < 5000; i++);
    for (const value of protocol.values) value.get(transaction, toServer);
  }
  JSON.parse(`{${protocol.record(transaction, true, settings)}}`);
}

test.each(CASES)(
  '$name over $transport, seed $seed, is parsed without an exception',
  ({ protocol, transport, client, server, seed }) => {
    const thread = stubThread({});
    const settings = protocol.prepare?.(thread.config as Config, thread.shared, () => undefined);
    const random = randomNumbers(seed);
    const clients = [...mutatedVariants(seed, 300, client)];
    const servers = [...mutatedVariants(seed + 100, 300, server)];
    clients.forEach((bytes, i) => {
      const talk = new ApplicationState();
      const session = talk.startSession(protocol, 0, settings);
      for (const [toServer, data] of [
        [true, client[i % client.length]!],
        [true, bytes],
        [false, servers[i]!],
      ] as const) {
        if (transport === 'udp') {
          protocol.datagram?.(session, data, 0, data.length, toServer);
          continue;
        }
        for (let at = 0; at < data.length; ) {
          const end = Math.min(data.length, at + 1 + random(200));
          talk.deliver(toServer, data, at, end);
          at = end;
        }
      }
      for (const toServer of [true, false]) if (transport === 'tcp') talk.end(toServer, false, false);
      protocol.finish?.(session);
      for (const transaction of session.transactions) ask(protocol, transaction, settings);
      expect(session.transactions.length).toBeLessThan(5000);
    });
  },
);
