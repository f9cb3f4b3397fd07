/** Conversations of protocols on TCP, turn by turn: what random changes begin with. */
import type { Protocol } from '../../engine/protocol.js';
import dnp3 from '../../modules/app/dnp3.js';
import dns from '../../modules/app/dns.js';
import enip from '../../modules/app/enip.js';
import ftp from '../../modules/app/ftp.js';
import http from '../../modules/app/http.js';
import http2 from '../../modules/app/http2.js';
import imap from '../../modules/app/imap.js';
import krb5 from '../../modules/app/krb5.js';
import ldap from '../../modules/app/ldap.js';
import modbus from '../../modules/app/modbus.js';
import mqtt from '../../modules/app/mqtt.js';
import nfs from '../../modules/app/nfs.js';
import pgsql from '../../modules/app/pgsql.js';
import pop3 from '../../modules/app/pop3.js';
import rdp from '../../modules/app/rdp.js';
import rfb from '../../modules/app/rfb.js';
import sip from '../../modules/app/sip.js';
import smtp from '../../modules/app/smtp.js';
import ssh from '../../modules/app/ssh.js';
import telnet from '../../modules/app/telnet.js';
import tls from '../../modules/app/tls.js';
import websocket from '../../modules/app/websocket.js';
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
import * as call from '../app/sip/message-builder.js';
import * as Tls from '../app/tls/handshake-builder.js';
import { frame } from '../app/websocket/frame-builder.js';
import { concat } from '../packets/bytes.js';

export interface Turn {
  readonly toServer: boolean;
  readonly bytes: Uint8Array;
}

export interface Conversation {
  readonly name: string;
  /** Its protocol first, then those it may go on as. */
  readonly protocols: readonly Protocol<any>[];
  readonly serverPort: number;
  readonly turns: readonly Turn[];
}

const bytesOf = (said: string | Uint8Array) =>
  typeof said === 'string' ? Buffer.from(said, 'latin1') : said;
const client = (...said: (string | Uint8Array)[]): Turn => ({
  toServer: true,
  bytes: concat(...said.map(bytesOf)),
});
const server = (...said: (string | Uint8Array)[]): Turn => ({
  toServer: false,
  bytes: concat(...said.map(bytesOf)),
});

const FORM = [
  '--AaB',
  'Content-Disposition: form-data; name="f"; filename="a.txt"',
  'Content-Type: text/plain',
  '',
  'data',
  '--AaB--',
  '',
].join('\r\n');

const MAIL = [
  'From: a@b.example',
  'Subject: hi',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="XX"',
  '',
  '--XX',
  'Content-Type: text/plain',
  '',
  'see http://evil.example/a now',
  '--XX',
  'Content-Type: application/octet-stream; name="f.bin"',
  'Content-Transfer-Encoding: base64',
  '',
  'AAECAwQFBgcICQ==',
  '--XX--',
  '.',
  '',
].join('\r\n');

const UPGRADE = 'GET /c HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

/** MQTT: a packet of a type, and a string behind its length. */
const packet = (type: number, body: string) => String.fromCharCode(type, body.length) + body;
const word = (text: string) => `\0${String.fromCharCode(text.length)}${text}`;

/** SSH: a packet of a payload. */
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

export const CONVERSATIONS: readonly Conversation[] = [
  {
    name: 'http',
    protocols: [http],
    serverPort: 80,
    turns: [
      client('GET /a?b=c HTTP/1.1\r\nHost: a.example\r\nUser-Agent: x\r\nCookie: a=b\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n'),
      server('5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nA: b\r\n\r\n'),
      client('POST /u HTTP/1.1\r\nHost: a.example\r\nContent-Type: multipart/form-data; boundary=AaB\r\n'),
      client(`Content-Length: ${FORM.length}\r\n\r\n${FORM}`),
      server('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc'),
      client('HEAD / HTTP/1.0\r\n\r\n'),
      server('HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n'),
    ],
  },
  {
    name: 'websocket',
    protocols: [http, websocket],
    serverPort: 80,
    turns: [
      client(UPGRADE),
      server(SWITCHING),
      client(frame(0x01, 'one', 7), frame(0x89, '', 7), frame(0x80, 'two', 9)),
      server(frame(0x88, '')),
    ],
  },
  {
    name: 'a tunnel of http',
    protocols: [http, tls],
    serverPort: 80,
    turns: [
      client('CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\n\r\n'),
      client(hello('b.example')),
      server(Tls.record(22, Tls.serverHello())),
    ],
  },
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
    name: 'smtp',
    protocols: [smtp],
    serverPort: 25,
    turns: [
      server('220 mail ESMTP\r\n'),
      client('EHLO client\r\n'),
      server('250-mail\r\n250-PIPELINING\r\n250 OK\r\n'),
      client('MAIL FROM:<a@b.example>\r\nRCPT TO:<d@e.example>\r\nDATA\r\n'),
      server('250 ok\r\n250 ok\r\n354 go\r\n'),
      client(MAIL),
      server('250 queued\r\n'),
      client('RSET\r\nQUIT\r\n'),
      server('250 ok\r\n221 bye\r\n'),
    ],
  },
  {
    name: 'smtp that asks for encryption',
    protocols: [smtp, tls],
    serverPort: 25,
    turns: [
      server('220 hi\r\n'),
      client('EHLO x\r\nSTARTTLS\r\nNOOP\r\n'),
      server('250 x\r\n220 go\r\n250 noop\r\n'),
      client('MAIL FROM:<a@b.example>\r\nRSET\r\n'),
      server('250 ok\r\n250 ok\r\n'),
    ],
  },
  {
    name: 'ftp',
    protocols: [ftp],
    serverPort: 21,
    turns: [
      server('220 hi\r\n'),
      client('USER joe\r\nPASS x\r\n'),
      server('331 pw\r\n230-hello\r\n more\r\n230 in\r\n'),
      client('PORT 10,0,0,1,4,5\r\nRETR a.txt\r\nPASV\r\n'),
      server('200 ok\r\n150 go\r\n226 done\r\n227 Entering Passive Mode (10,0,0,2,7,8)\r\n'),
      client('EPSV\r\nSTOR x\r\nQUIT\r\n'),
      server('229 Entering Extended Passive Mode (|||6446|)\r\n221 bye\r\n'),
    ],
  },
  {
    name: 'ftp that asks for encryption',
    protocols: [ftp, tls],
    serverPort: 21,
    turns: [
      server('220 hi\r\n'),
      client('AUTH TLS\r\nUSER x\r\n'),
      server('234 go\r\n331 x\r\n'),
      client('PORT 10,0,0,1,4,5\r\nRETR a\r\nPORT 10,0,0,1,4,6\r\nRETR b\r\n'),
      server('200 ok\r\n150 x\r\n226 y\r\n200 ok\r\n150 x\r\n226 y\r\n'),
    ],
  },
  {
    name: 'pop3',
    protocols: [pop3],
    serverPort: 110,
    turns: [
      server('+OK ready\r\n'),
      client('USER joe\r\n'),
      server('+OK\r\n'),
      client('PASS x\r\nLIST\r\n'),
      server('+OK\r\n+OK 2\r\n1 120\r\n2 30\r\n.\r\n'),
      client('RETR 1\r\nSTLS\r\nQUIT\r\n'),
      server('+OK\r\nFrom: a@b\r\nSubject: s\r\n\r\nbody\r\n.\r\n-ERR no\r\n+OK\r\n'),
    ],
  },
  {
    name: 'pop3 that asks for encryption',
    protocols: [pop3, tls],
    serverPort: 110,
    turns: [
      server('+OK hi\r\n'),
      client('CAPA\r\nSTLS\r\nUSER x\r\n'),
      server('+OK\r\nSTLS\r\n.\r\n+OK go\r\n+OK x\r\n'),
      client('PASS x\r\nQUIT\r\n'),
      server('+OK x\r\n+OK y\r\n'),
    ],
  },
  {
    name: 'imap',
    protocols: [imap],
    serverPort: 143,
    turns: [server('* OK ready\r\n'), client('a1 LOGIN joe pw\r\n'), server('a1 OK done\r\n')],
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
    name: 'ldap that asks for encryption',
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
    name: 'sip',
    protocols: [sip],
    serverPort: 5060,
    turns: [client(call.INVITE, call.INVITE), server(call.TRYING)],
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
    name: 'telnet',
    protocols: [telnet],
    serverPort: 23,
    turns: [client('\xff\xfd\x03ls\n'), server('$ ')],
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
