/** Conversations of protocols between hosts, turn by turn. */
import { gzipSync } from 'node:zlib';
import * as Dns from '../app/dns/message-builder.js';
import * as Smb from '../app/smb/message-builder.js';
import { BINARY_CONVERSATIONS } from '../fuzz/binary-conversations.js';
import { bytesOf, client, server, type Turn } from '../fuzz/conversation-turns.js';
import { mail, TEXT_CONVERSATIONS } from '../fuzz/text-conversations.js';
import { text } from './check.js';
import type { SendLimit } from './host-behaviour.js';
import type { Scene } from './world.js';

export interface ProtocolConversation {
  readonly name: string;
  readonly serverPort: number;
  readonly turns: readonly Turn[];
}

const get = (path: string, more = '') =>
  `GET ${path} HTTP/1.1\r\nHost: a.example\r\nUser-Agent: x\r\n${more}\r\n`;
const ok = (more: string) => `HTTP/1.1 200 OK\r\nServer: s\r\n${more}\r\n`;
const lengthOf = (body: string | Uint8Array) => `Content-Length: ${body.length}\r\n`;
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const chunked = (body: string, size: number) =>
  `${(body.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).map(part => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`;

/** A file with something in its middle that rules match. */
export const FILE = `${text(1500, 7)}NEEDLE-${text(30, 3)}-EYE${text(1700, 11)}`;
const ZIPPED = latin1(gzipSync(bytesOf(`${FILE}${FILE}`)));
const MIME = mail(
  'whole',
  'Content-Disposition: attachment; filename="f.bin"',
  'Content-Transfer-Encoding: base64',
  '',
  ...(Buffer.from(FILE)
    .toString('base64')
    .match(/.{1,76}/g) ?? []),
);

const names = Array.from({ length: 8 }, (_, i) => `host-${i}.example`);

export const CONVERSATIONS: readonly ProtocolConversation[] = [
  {
    name: 'pipelined requests and a download',
    serverPort: 80,
    turns: [
      client(get('/one'), get('/two?needle=eye'), get('/three'), get('/file.bin')),
      server(ok(lengthOf('hello')), 'hello', ok('Transfer-Encoding: chunked\r\n'), chunked(FILE, 333)),
      server(ok(`Content-Encoding: gzip\r\n${lengthOf(ZIPPED)}`), ZIPPED, ok(lengthOf(FILE)), FILE),
      client(`POST /up HTTP/1.1\r\nHost: a.example\r\n${lengthOf(FILE)}\r\n${FILE}`),
      server(ok(`Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n`), chunked(ZIPPED, 50)),
    ],
  },
  {
    name: 'a download until the end',
    serverPort: 80,
    turns: [client(get('/all', 'Connection: close\r\n')), server(`HTTP/1.0 200 OK\r\n\r\n${FILE}`)],
  },
  {
    name: 'DNS queries',
    serverPort: 53,
    turns: [
      client(...names.map(name => Dns.framed(Dns.request(name)))),
      server(...names.map(name => Dns.framed(Dns.response(name)))),
      client(Dns.framed(Dns.request('needle.example'))),
      server(Dns.framed(Dns.response('needle.example'))),
    ],
  },
  {
    name: 'a mail with a file',
    serverPort: 25,
    turns: [
      server('220 mail ESMTP\r\n'),
      client('EHLO client\r\n'),
      server('250-mail\r\n250-PIPELINING\r\n250 OK\r\n'),
      client('MAIL FROM:<a@b.example>\r\nRCPT TO:<d@e.example>\r\nDATA\r\n'),
      server('250 ok\r\n250 ok\r\n354 go\r\n'),
      client(MIME),
      server('250 queued\r\n'),
      client('QUIT\r\n'),
      server('221 bye\r\n'),
    ],
  },
  {
    name: 'an SMB share',
    serverPort: 445,
    turns: [
      client(Smb.record(Smb.negotiate(0))),
      server(Smb.record(Smb.negotiated(0))),
      client(Smb.record(Smb.sessionSetup(1, Smb.ntlmAnswer('D', 'joe', 'PC')))),
      server(Smb.record(Smb.sessionAnswer(1))),
      client(Smb.record(Smb.treeConnect(2, '\\\\h\\share'))),
      server(Smb.record(Smb.treeAnswer(2, 1))),
      client(Smb.record(Smb.create(3, 'needle.txt'))),
      server(Smb.record(Smb.createAnswer(3, FILE.length))),
      client(
        Smb.record(Smb.write(4, 0, bytesOf(FILE.slice(0, 2000)))),
        Smb.record(Smb.write(5, 2000, bytesOf(FILE.slice(2000)))),
      ),
      server(Smb.record(Smb.writeAnswer(4, 2000)), Smb.record(Smb.writeAnswer(5, FILE.length - 2000))),
      client(Smb.record(Smb.read(6, 0, FILE.length))),
      server(Smb.record(Smb.readAnswer(6, bytesOf(FILE)))),
      client(Smb.record(Smb.close(7))),
      server(Smb.record(Smb.closeAnswer(7))),
    ],
  },
  {
    name: 'an unknown protocol',
    serverPort: 7777,
    turns: [client(FILE), server(`${text(300, 5)}${FILE}`), client('over'), server('and out')],
  },
  ...[...TEXT_CONVERSATIONS, ...BINARY_CONVERSATIONS],
];

/** The complete data of both sides, and its timing. */
export function sidesOf({
  turns,
}: ProtocolConversation): Pick<Scene, 'sides'> & { client: SendLimits; server: SendLimits } {
  const sides = { toServer: '', toClient: '' };
  const client: SendLimit[] = [];
  const server: SendLimit[] = [];
  for (const { toServer, bytes } of turns) {
    const [own, other] = toServer ? (['toServer', 'toClient'] as const) : (['toClient', 'toServer'] as const);
    sides[own] += latin1(bytes);
    (toServer ? client : server).push({ heard: sides[other].length, upTo: sides[own].length });
  }
  return { sides, client: { says: client }, server: { says: server } };
}

interface SendLimits {
  readonly says: readonly SendLimit[];
}
