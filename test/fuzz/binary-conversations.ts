/** Conversations of binary protocols, whose messages have length fields. */
import dnp3 from '../../modules/app/dnp3.js';
import dns from '../../modules/app/dns.js';
import enip from '../../modules/app/enip.js';
import http2 from '../../modules/app/http2.js';
import krb5 from '../../modules/app/krb5.js';
import ldap from '../../modules/app/ldap.js';
import modbus from '../../modules/app/modbus.js';
import mqtt from '../../modules/app/mqtt.js';
import nfs from '../../modules/app/nfs.js';
import pgsql from '../../modules/app/pgsql.js';
import rdp from '../../modules/app/rdp.js';
import rfb from '../../modules/app/rfb.js';
import ssh from '../../modules/app/ssh.js';
import tls from '../../modules/app/tls.js';
import * as outstation from '../app/dnp3/message-builder.js';
import * as Dns from '../app/dns/message-builder.js';
import * as cip from '../app/enip/message-builder.js';
import * as Http2 from '../app/http2/frame-builder.js';
import * as Kerberos from '../app/krb5/message-builder.js';
import * as Ldap from '../app/ldap/message-builder.js';
import * as plc from '../app/modbus/message-builder.js';
import * as rpc from '../app/nfs/message-builder.js';
import * as sql from '../app/pgsql/message-builder.js';
import * as desktop from '../app/rdp/message-builder.js';
import * as screen from '../app/rfb/message-builder.js';
import * as Tls from '../app/tls/handshake-builder.js';
import { concat } from '../packets/bytes.js';
import { bytesOf, type Conversation, client, server } from './conversation-turns.js';

/** MQTT: a packet of a type, and a string with its length in front. */
const packet = (type: number, body: string) => String.fromCharCode(type, body.length) + body;
const word = (text: string) => `\0${String.fromCharCode(text.length)}${text}`;

/** SSH: a packet with a payload. */
function sshPacket(payload: Uint8Array): Uint8Array {
  const padding = 8;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + padding + 1);
  head[4] = padding;
  return concat(head, payload, new Uint8Array(padding));
}

function keyExchange(): Uint8Array {
  const lists = ['curve25519-sha256,dh', 'ssh-rsa', 'aes', 'aes', 'hmac', 'hmac', 'none', 'none', '', ''];
  const texts = lists.map(list => bytesOf(`\0\0${word(list)}`));
  return sshPacket(concat(Uint8Array.of(20), new Uint8Array(16), ...texts, new Uint8Array(5)));
}

const hello = (name: string) => Tls.record(22, Tls.clientHello([Tls.serverName(name), Tls.alpn('h2')]));

export const BINARY_CONVERSATIONS: readonly Conversation[] = [
  {
    name: 'http2',
    protocols: [http2],
    serverPort: 80,
    turns: [
      client(Http2.preface),
      server(Http2.frame(4, 0, 0, new Uint8Array(0))),
      client(Http2.headers(1, Http2.GET, true), Http2.frame(6, 0, 0, new Uint8Array(8))),
      server(Http2.headers(1, { ':status': '200', server: 'x' }), Http2.data(1, 'hello world')),
    ],
  },
  {
    name: 'ssh',
    protocols: [ssh],
    serverPort: 22,
    turns: [
      server('SSH-2.0-OpenSSH_8.0\r\n'),
      client('SSH-2.0-Go\r\n', keyExchange()),
      server(keyExchange()),
      client(sshPacket(Uint8Array.of(30, 1, 2, 3)), sshPacket(Uint8Array.of(21)), 'what is encrypted'),
      server(sshPacket(Uint8Array.of(31, 5)), sshPacket(Uint8Array.of(21))),
    ],
  },
  {
    name: 'ldap that starts TLS',
    protocols: [ldap, tls],
    serverPort: 389,
    turns: [
      client(Ldap.message(1, 23, Ldap.element(0x80, '1.3.6.1.4.1.1466.20037')), Ldap.search(2)),
      server(Ldap.message(1, 24, Ldap.enumerated(0), Ldap.octets(''), Ldap.octets(''))),
      server(Ldap.entry(2), Ldap.result(2, 5)),
      client(Ldap.message(3, 0, Ldap.integer(3), Ldap.octets('cn=x'))),
      server(Ldap.result(3, 1)),
    ],
  },
  {
    name: 'mqtt',
    protocols: [mqtt],
    serverPort: 1883,
    turns: [
      client(packet(0x10, `${word('MQTT')}\x04\xc2\0\x3c${word('id')}${word('u')}${word('p')}`)),
      server(packet(0x20, '\0\0')),
      client(packet(0x82, `\0\x01${word('a/b')}\0`), packet(0x32, `${word('a/b')}\0\x02hello`)),
      server(packet(0x90, '\0\x01\0'), packet(0x40, '\0\x02')),
      client(packet(0xe0, '')),
    ],
  },
  {
    name: 'dns',
    protocols: [dns],
    serverPort: 53,
    turns: [
      client(Dns.framed(Dns.request('a.b')), Dns.framed(Dns.request('c.d'))),
      server(Dns.framed(Dns.response('a.b')), Dns.framed(Dns.response('c.d'))),
    ],
  },
  {
    name: 'krb5',
    protocols: [krb5],
    serverPort: 88,
    turns: [
      client(Kerberos.framed(Kerberos.request(10, 'a', 'b'), Kerberos.request(12, undefined, 'c', 'd'))),
      server(Kerberos.framed(Kerberos.reply(11, 18, 23), Kerberos.failure(7))),
    ],
  },
  {
    name: 'nfs',
    protocols: [nfs],
    serverPort: 2049,
    turns: [
      client(rpc.framed(rpc.lookup3(1, 'a'), rpc.write3(2, 0, 'data'), rpc.read3(3, 0), rpc.commit3(4))),
      server(rpc.framed(rpc.found3(1), rpc.content3(3, 'data', true))),
      client(rpc.framed(rpc.write4(5, 'data'), rpc.rename2(6))),
    ],
  },
  {
    name: 'enip',
    protocols: [enip],
    serverPort: 44_818,
    turns: [
      client(cip.cip(cip.multiple), cip.cip(cip.request)),
      server(cip.cip(cip.response), cip.identity('switch'), cip.message(4, cip.le16(1))),
    ],
  },
  {
    name: 'pgsql',
    protocols: [pgsql],
    serverPort: 5432,
    turns: [
      client(sql.STARTUP),
      server(sql.MD5),
      client(sql.message('p', 'x\0')),
      server(sql.WELCOME),
      client(sql.message('Q', 'SELECT 1\0')),
      server(sql.message('T', '\0\x01x'), sql.row('abc'), sql.message('C', 'S\0'), sql.READY),
      client(sql.message('Q', 'COPY\0'), sql.message('d', 'x'), sql.message('c', '')),
      server(sql.message('G', '\0\0\x02\0\0'), sql.message('E', 'SERROR\0\0'), sql.READY),
    ],
  },
  {
    name: 'rfb',
    protocols: [rfb],
    serverPort: 5900,
    turns: [
      server(screen.VERSION(8)),
      client(screen.VERSION(8)),
      server(Uint8Array.of(1, 2)),
      client(Uint8Array.of(2)),
      server(screen.CHALLENGE),
      client(screen.RESPONSE),
      server(screen.result(0)),
      client(Uint8Array.of(1)),
      server(screen.SERVER_INIT),
    ],
  },
  {
    name: 'dnp3',
    protocols: [dnp3],
    serverPort: 20_000,
    turns: [
      client(outstation.frame(true, 0xc0, outstation.SELECT)),
      server(outstation.frame(false, 0xc0, outstation.RESPONSE)),
      client(outstation.frame(true, 0xc0, outstation.READ)),
    ],
  },
  {
    name: 'modbus',
    protocols: [modbus],
    serverPort: 502,
    turns: [
      client(plc.message(1, plc.WRITE_REGISTERS), plc.message(2, plc.READ_REGISTERS)),
      server(plc.message(1, plc.WRITTEN), plc.message(2, plc.REGISTERS)),
    ],
  },
  {
    name: 'rdp',
    protocols: [rdp],
    serverPort: 3389,
    turns: [
      client(desktop.REQUEST),
      server(desktop.connection(0xd0, desktop.negotiation(2, 1, 1))),
      client(desktop.CONNECT),
      server(desktop.HANDSHAKE),
    ],
  },
  {
    name: 'tls',
    protocols: [tls],
    serverPort: 443,
    turns: [
      client(hello('a.example')),
      server(Tls.record(22, concat(Tls.serverHello(), Tls.certificates(Tls.certificate({}))))),
      server(Tls.record(22, Tls.SERVER_HELLO_DONE)),
      client(Tls.CHANGE_CIPHER_SPEC),
      server(Tls.CHANGE_CIPHER_SPEC),
      client(Tls.record(23, new Uint8Array(40))),
    ],
  },
];
