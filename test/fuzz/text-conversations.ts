/** Conversations of text protocols, and of the protocols they change to. */
import ftp from '../../modules/app/ftp.js';
import http from '../../modules/app/http.js';
import imap from '../../modules/app/imap.js';
import pop3 from '../../modules/app/pop3.js';
import sip from '../../modules/app/sip.js';
import smtp from '../../modules/app/smtp.js';
import telnet from '../../modules/app/telnet.js';
import tls from '../../modules/app/tls.js';
import websocket from '../../modules/app/websocket.js';
import * as call from '../app/sip/message-builder.js';
import * as Tls from '../app/tls/handshake-builder.js';
import { frame } from '../app/websocket/frame-builder.js';
import { type Conversation, client, server } from './conversation-turns.js';

const FORM = [
  '--AaB',
  'Content-Disposition: form-data; name="f"; filename="a.txt"',
  'Content-Type: text/plain',
  '',
  'data',
  '--AaB--',
  '',
].join('\r\n');

/**
 * A mail of a text and a file, to follow DATA. @param file lines behind its type: header fields, and the file in
 * base64
 */
export const mail = (subject: string, ...file: string[]): string =>
  [
    'From: a@b.example',
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="XX"',
    '',
    '--XX',
    'Content-Type: text/plain',
    '',
    'see http://evil.example/a now',
    '--XX',
    'Content-Type: application/octet-stream; name="f.bin"',
    ...file,
    '--XX--',
    '.',
    '',
  ].join('\r\n');

const MAIL = mail('hi', 'Content-Transfer-Encoding: base64', '', 'AAECAwQFBgcICQ==');

const UPGRADE = 'GET /c HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

const hello = (name: string) => Tls.record(22, Tls.clientHello([Tls.serverName(name), Tls.alpn('h2')]));

export const TEXT_CONVERSATIONS: readonly Conversation[] = [
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
    name: 'smtp that starts TLS',
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
    name: 'ftp that starts TLS',
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
    name: 'pop3 that starts TLS',
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
    name: 'sip',
    protocols: [sip],
    serverPort: 5060,
    turns: [client(call.INVITE, call.INVITE), server(call.TRYING)],
  },
  {
    name: 'telnet',
    protocols: [telnet],
    serverPort: 23,
    turns: [client('\xff\xfd\x03ls\n'), server('$ ')],
  },
];
