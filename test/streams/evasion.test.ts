/**
 * Inline, what a rule drops never arrives completely: however it is segmented, reordered or retransmitted, and between
 * any packets that the receiver does not accept.
 */
import { expect, it } from 'vitest';
import { clientHello, record, serverName } from '../app/tls/handshake-builder.js';
import { type Random, randomNumbers } from '../pseudo-random.js';
import { type EveRecord, handshake, replay, segment, type Turn } from './replay.js';

interface Attack {
  readonly name: string;
  readonly rule: string;
  readonly serverPort: number;
  readonly turns: readonly Turn[];
  /** The side that must not receive this text completely. */
  readonly kept: Turn;
}

const FILLING = 'filling '.repeat(60);
const HELLO = Buffer.from(record(22, clientHello([serverName('evil.example')]))).toString('latin1');
const GET: Turn = [true, 'GET /f HTTP/1.1\r\nHost: a\r\n\r\n'];
const FILE_RULE = 'drop http any any -> any any (file.data; content:"BADFILE"; sid:3;)';

const ATTACKS: readonly Attack[] = [
  {
    name: 'request line',
    rule: 'drop http any any -> any any (http.uri; content:"/evil"; sid:1;)',
    serverPort: 80,
    turns: [[true, 'GET /evil?x=1 HTTP/1.1\r\nHost: a\r\n\r\n']],
    kept: [true, 'GET /evil?x=1 HTTP/1.1\r\n'],
  },
  {
    name: 'request body',
    rule: 'drop http any any -> any any (http.request_body; content:"BADBODY"; sid:2;)',
    serverPort: 80,
    turns: [
      [
        true,
        `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${2 * FILLING.length + 7}\r\n\r\n${FILLING}BADBODY${FILLING}`,
      ],
    ],
    kept: [true, 'BADBODY'],
  },
  {
    name: 'file',
    rule: FILE_RULE,
    serverPort: 80,
    turns: [
      GET,
      [
        false,
        `HTTP/1.1 200 OK\r\nContent-Length: ${2 * FILLING.length + 7}\r\n\r\n${FILLING}BADFILE${FILLING}`,
      ],
    ],
    kept: [false, 'BADFILE'],
  },
  {
    name: 'file with chunked encoding',
    rule: FILE_RULE,
    serverPort: 80,
    turns: [
      GET,
      [false, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nBADF\r\n3\r\nILE\r\n0\r\n\r\n'],
    ],
    kept: [false, 'ILE\r\n'],
  },
  {
    name: 'stream',
    rule: 'drop tcp any any -> any any (content:"FIRST"; content:"SECOND"; distance:0; sid:4;)',
    serverPort: 7777,
    turns: [[true, `${FILLING}FIRST${FILLING}SECOND${FILLING}`]],
    kept: [true, 'SECOND'],
  },
  {
    name: 'expression',
    rule: 'drop tcp any any -> any any (flow:to_client; pcre:"/abc[0-9]{6}def/"; sid:5;)',
    serverPort: 7777,
    turns: [
      [true, 'hello'],
      [false, `${FILLING}abc123456def${FILLING}`],
    ],
    kept: [false, 'abc123456def'],
  },
  {
    name: 'TLS client hello',
    rule: 'drop tls any any -> any any (tls.sni; content:"evil.example"; sid:6;)',
    serverPort: 443,
    turns: [[true, HELLO]],
    kept: [true, HELLO],
  },
  {
    name: 'MAIL FROM of a mail',
    rule: 'drop smtp any any -> any any (smtp.mail_from; content:"evil@x"; sid:7;)',
    serverPort: 25,
    turns: [
      [false, '220 x\r\n'],
      [true, 'EHLO a\r\n'],
      [false, '250 ok\r\n'],
      [true, 'MAIL FROM:<evil@x>\r\n'],
    ],
    kept: [true, 'MAIL FROM:<evil@x>\r\n'],
  },
];

/** Bytes of `text` from `at` on. */
interface Piece {
  readonly at: number;
  readonly text: string;
}

/** The whole text in pieces, some of them repeated, some out of order. */
function pieces(text: string, random: Random): Piece[] {
  const list: Piece[] = [];
  const most = [1, 8, 40, 200, 2000][random(5)]!;
  for (let at = 0; at < text.length; at += list.at(-1)!.text.length)
    list.push({ at, text: text.slice(at, at + 1 + random(most)) });
  for (let again = random(4); again > 0; again--) {
    const at = random(text.length);
    list.splice(random(list.length + 1), 0, { at, text: text.slice(at, at + 1 + random(60)) });
  }
  for (let swaps = random(6); swaps > 0; swaps--) {
    const a = random(list.length);
    const b = Math.min(list.length - 1, a + random(5));
    [list[a], list[b]] = [list[b]!, list[a]!];
  }
  return list;
}

/** Packets of all conversations, and the data that each brings to its receiver. */
class Network {
  readonly packets: Uint8Array[] = [];
  /** By client port: packet number, and its data. */
  private readonly brought = new Map<number, [number: number, fromClient: boolean, piece: Piece][]>();

  constructor(private readonly random: Random) {}

  attack({ turns, serverPort }: Attack, port: number): void {
    this.packets.push(...handshake(port, serverPort));
    const brought: [number, boolean, Piece][] = [];
    this.brought.set(port, brought);
    const sent = { true: 0, false: 0 };
    for (const [fromClient, text] of turns) {
      const [own, other] = [`${fromClient}`, `${!fromClient}`] as ['true', 'false'];
      for (const piece of pieces(text, this.random)) {
        const at = sent[own] + piece.at;
        if (this.random(4) === 0)
          this.decoy(fromClient, at, sent[other], piece.text.length, port, serverPort);
        this.packets.push(segment(fromClient, 'PA', at, sent[other], piece.text, port, serverPort));
        brought.push([this.packets.length, fromClient, { at, text: piece.text }]);
      }
      sent[own] += text.length;
      this.packets.push(segment(!fromClient, 'A', sent[other], sent[own], '', port, serverPort));
    }
  }

  /** Other bytes, or the end of the conversation, with a wrong checksum: no host accepts it. */
  private decoy(
    fromClient: boolean,
    at: number,
    ack: number,
    length: number,
    port: number,
    serverPort: number,
  ): void {
    const flags = ['PA', 'R', 'FA'][this.random(3)]!;
    const data = flags === 'PA' ? 'Z'.repeat(length) : '';
    const bytes = segment(fromClient, flags, at, ack, data, port, serverPort);
    bytes[14 + 20 + 16]! ^= 0x55;
    this.packets.push(bytes);
  }

  /** Data received by a side, from the beginning up to the first missing byte. */
  received(port: number, fromClient: boolean, dropped: ReadonlySet<number>): string {
    const bytes = new Map<number, string>();
    for (const [number, whose, piece] of this.brought.get(port)!) {
      if (whose !== fromClient || dropped.has(number)) continue;
      for (let i = 0; i < piece.text.length; i++) bytes.set(piece.at + i, piece.text[i]!);
    }
    let text = '';
    while (bytes.has(text.length)) text += bytes.get(text.length);
    return text;
  }
}

const numbersOf = (records: readonly EveRecord[], type: string) =>
  records.filter(({ event_type }) => event_type === type).map(({ pcap_cnt }) => pcap_cnt as number);

it.each(['single', 'autofp'])('dropped text does not arrive: %s', async profile => {
  const network = new Network(randomNumbers(profile.length));
  const attacks = Array.from({ length: 64 }, (_, i) => ({
    attack: ATTACKS[i % ATTACKS.length]!,
    port: 20_000 + i,
  }));
  for (const { attack, port } of attacks) network.attack(attack, port);
  const records = await replay({
    packets: network.packets,
    rules: [...new Set(ATTACKS.map(({ rule }) => rule))],
    types: '[alert, {drop: {flows: all, alerts: yes}}]',
    words: ['--simulate-ips', '-k', 'all'],
    profile,
  });
  const dropped = new Set(numbersOf(records, 'drop'));
  for (const { attack, port } of attacks) {
    const [fromClient, text] = attack.kept;
    const received = network.received(port, fromClient, dropped);
    expect(received.includes(text), `${attack.name}, port ${port}`).toBe(false);
    const isLogged = records.some(
      each => each['event_type'] === 'alert' && [each['src_port'], each['dest_port']].includes(port),
    );
    expect(isLogged, `${attack.name}, port ${port}`).toBe(true);
  }
});
