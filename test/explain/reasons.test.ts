/** Explanations give the reason that was built into the case. */
import { describe, expect, test } from 'vitest';
import { explained, fileOf } from './explained.js';
import { conversation, datagram, ping, WEB } from './small-captures.js';

/** Options of a rule, the expected reason, and the header if it is not the default. */
type Case = readonly [options: string, reason: string, header?: string];

async function reasonOf(header: string, options: string, capture: string): Promise<string> {
  const rules = fileOf(`alert ${header} (${options} sid:1;)\n`, 'case.rules');
  const { result, reason } = await explained(1, { read: [capture], rules: [rules] });
  return result === 'fired' ? result : reason;
}

const ofDatagram: readonly Case[] = [
  ['content:"abc";', 'fired'],
  ['content:"xyz";', 'content:"xyz" in payload: not in bytes 0 to 10 of 10, which are "12abcde|00 01 02|"'],
  ['content:"abc"; depth:3;', 'not in bytes 0 to 3 of 10, which are "12a"; it is elsewhere, at offset 2'],
  ['content:"abc"; offset:3;', 'not in bytes 3 to 10 of 10'],
  ['content:"ABC";', 'in different case it is at offset 2'],
  ['content:!"abc";', 'it was found at offset 2'],
  [
    'content:"12"; content:"de"; within:2;',
    'content:"de"; within:2 in payload: not in bytes 2 to 4 of 10, which are "ab"; it is elsewhere, at offset 5',
  ],
  ['content:"cd"; endswith;', 'it was found at offset 4, but the buffer of 10 bytes does not end with it'],
  ['pcre:"/x+/";', 'pcre:"/x+/" in payload: no match in "12abcde'],
  ['pcre:!"/ab/";', 'it matches "12abcde'],
  ['content:"e"; byte_test:1,>,4,1,relative;', 'the number at offset 8 is 1'],
  ['byte_test:2,=,4,20;', 'no number can be read at offset 20; the buffer has 10 bytes'],
  ['byte_jump:1,0;', 'the number at offset 0 is 49, and points outside the buffer'],
  ['content:"e"; isdataat:4,relative;', 'there are only 3 bytes left'],
  ['content:"e"; isdataat:!2,relative;', 'there are 3 bytes left'],
  ['dsize:>10;', 'dsize:>10: the payload has 10 bytes'],
  ['ttl:1;', 'ttl:1: it is 64'],
  ['flowbits:isset,never;', 'flowbits:isset,never: never is not set'],
  ['flowint:never,>,1;', 'never is not set'],
  ['xbits:isset,never,track ip_src;', 'never is not set'],
  ['flags:S;', 'the packet is UDP', 'tcp any any -> any any'],
  ['content:"abc";', 'the destination port is 53', 'udp any any -> any 54'],
  ['content:"abc";', 'the source port is 40000', 'udp any 1 -> any any'],
  ['content:"abc";', 'the source address is 10.0.0.1', 'udp 10.0.0.9 any -> any any'],
  ['content:"abc";', 'the destination address is 10.0.0.2', 'udp any any -> !10.0.0.2 any'],
  [
    'content:"abc";',
    'the destination port is 53; in the other direction the destination port is 40000',
    'udp any any <> any 54',
  ],
  ['content:"abc"; flow:to_client;', 'it goes to the server, not to the client'],
  ['content:"abc"; flow:established;', 'the flow is not established'],
  ['icmp_id:5;', 'the packet is UDP', 'icmp any any -> any any'],
];

const ofPing: readonly Case[] = [
  ['itype:8;', 'fired'],
  ['itype:0;', 'itype:0: it is 8'],
  ['icode:>0;', 'icode:>0: it is 0'],
  ['content:"abd";', 'which are "abcdefgh"'],
  ['fragbits:M;', 'the bits are'],
  ['ip_proto:6;', 'the protocol is 1', 'ip any any -> any any'],
  ['sameip;', 'sameip: 10.0.0.1 and 10.0.0.2', 'ip any any -> any any'],
];

const ofWeb: readonly Case[] = [
  ['http.uri; content:"/index";', 'fired'],
  [
    'http.uri; content:"/nope";',
    'content:"/nope" in http.uri: not in bytes 0 to 15 of 15, which are "/index.html?a=1"',
  ],
  ['http.uri; content:"/index"; bsize:<10;', 'bsize:<10 in http.uri: the buffer has 15 bytes'],
  [
    'http.uri; to_uppercase; content:"NOPE";',
    'in http.uri to_uppercase: not in bytes 0 to 15 of 15, which are "/INDEX.HTML?A=1"',
  ],
  ['http.referer; content:"x";', 'content:"x" in http.referer: the transaction has no http.referer'],
  ['http.user_agent; absent;', 'the transaction has http.user_agent'],
  [
    'flow:to_client; http.stat_code; content:"404";',
    'content:"404" in http.stat_code: not in bytes 0 to 3 of 3, which are "200"',
  ],
  [
    'file.data; content:"hell"; content:"p"; distance:0;',
    'content:"p"; distance:0 in file.data: not in bytes 4 to 5 of 5, which are "o"',
  ],
  ['content:"abc";', 'the application protocol of the flow is http', 'dns any any -> any any'],
  ['flags:SF;', 'flags:SF: the flags are S', 'tcp any any -> any any'],
  [
    'flow:established,to_server; content:"GET"; startswith; content:"POST";',
    'content:"POST" in payload: not in bytes 0 to',
    'tcp any any -> any 80',
  ],
  ['app-layer-event:http.missing_host_header;', 'no transaction of http had an event'],
  [
    'app-layer-protocol:!http;',
    'app-layer-protocol:!http: the protocol of the flow is',
    'tcp any any -> any any',
  ],
  ['stream-event:3whs_ack_in_wrong_dir;', 'the packet has no event', 'tcp any any -> any any'],
];

describe.each<readonly [string, string, () => string, readonly Case[]]>([
  ['a datagram', 'udp any any -> any any', () => datagram('12abcde\x00\x01\x02'), ofDatagram],
  ['a ping', 'icmp any any -> any any', ping, ofPing],
  ['a request of HTTP', 'http any any -> any any', () => conversation(...WEB), ofWeb],
])('%s', (_, usual, capture, cases) => {
  for (const [options, reason, header = usual] of cases) {
    test(`${header} (${options})`, async () => {
      expect(await reasonOf(header, options, capture())).toContain(reason);
    });
  }
});

test('rules that decided on the flow are named', async () => {
  const rules = fileOf(
    `pass tcp any any -> any any (flags:S; flow:to_server; sid:5;)
     pass tcp any any -> any any (content:"GET"; sid:7;)
     alert tcp any any -> any any (content:"200 OK"; sid:1;)\n`,
    'pass.rules',
  );
  const { gathered } = await explained(1, { read: [conversation(...WEB)], rules: [rules] });
  expect([...gathered.headerFailures.keys()]).toContain('its flow was passed before by rule 1:7');
});

test('a match without an alert is explained', async () => {
  const rules = fileOf(
    `alert udp any any -> any any (content:"a"; noalert; sid:1;)
     alert udp any any -> any any (content:"a"; threshold:type threshold, track by_src, count 5, seconds 60; sid:2;)
     pass udp any any -> any any (content:"a"; sid:3;)\n`,
    'silent.rules',
  );
  const options = { read: [datagram('a')], rules: [rules] };
  expect((await explained(1, options)).reason).toContain('noalert');
  expect((await explained(3, options)).reason).toContain('a pass rule');
  const alone = fileOf(
    'alert udp any any -> any any (content:"a"; threshold:type threshold, track by_src, count 5, seconds 60; sid:2;)\n',
    'threshold.rules',
  );
  const held = await explained(2, { ...options, rules: [alone] });
  expect([held.result, held.reason]).toEqual([
    'matched without alert',
    'all conditions hold, but its threshold was not reached, or suppressed the alert',
  ]);
});

test('the explanation shows the actual values and their positions', async () => {
  const rules = fileOf(
    'alert udp any any -> any any (content:"12"; content:"cd"; distance:0; content:"zz"; sid:1;)\n',
    'places.rules',
  );
  const { nearest } = await explained(1, { read: [datagram('12abcde')], rules: [rules] });
  expect(nearest!.subject).toMatchObject({
    packet: 1,
    src: '10.0.0.1',
    sport: 40000,
    dport: 53,
    proto: 'UDP',
  });
  expect(nearest!.findings.map(finding => [finding?.met, finding?.offset, finding?.bytes])).toEqual([
    [true, 0, '12'],
    [true, 4, 'cd'],
    [false, undefined, undefined],
  ]);
});

test('a rule that does not exist, or is invalid, is reported', async () => {
  const rules = fileOf(
    `alert udp any any -> any any (content:"a"; sid:1;)
     alert udp any any -> any any (content:; sid:2;)
     alert irc any any -> any any (sid:3;)\n`,
    'refused.rules',
  );
  const options = { read: [datagram('a')], rules: [rules] };
  await expect(explained(9, options)).rejects.toThrow('rule 9 is not among the 1 loaded rules');
  await expect(explained(2, options)).rejects.toThrow('rule 2 is not loaded: ');
  await expect(explained('x', options)).rejects.toThrow('x: expected a sid, or gid:sid');
});
