/** Rules on the detected protocol only are inspected once per direction. */
import { describe, expect, it } from 'vitest';
import { found3, framed, lookup3 } from '../app/nfs/message-builder.js';
import { ethernet, hex, ipv4, packet, udp } from '../packets/builder.js';
import { handshake, replay, segment } from './replay.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** Three exchanges in one connection, each acknowledged. */
const exchanges = (request: string, response: string) =>
  [0, 1, 2].flatMap(i => [
    segment(true, 'PA', i * request.length, i * response.length, request),
    segment(false, 'PA', i * response.length, (i + 1) * request.length, response),
  ]);
const HTTP = exchanges(REQUEST, RESPONSE);
const UNKNOWN = exchanges('zq\n', 'yq\n');

async function alerts(options: string, profile?: string, said = HTTP): Promise<string[]> {
  const rules = [`alert tcp any any -> any any (${options} sid:1;)`];
  const records = await replay({ packets: [...handshake(), ...said], rules, profile });
  return records.map(({ pcap_cnt, src_port }) => `${pcap_cnt} ${src_port === 80 ? '<' : '>'}`);
}

describe('app-layer-protocol alone', () => {
  it.each([
    ['app-layer-protocol:http;', ['6 >', '7 <']],
    ['app-layer-protocol:!tls;', ['6 >', '7 <']],
    ['flow:to_server; app-layer-protocol:http;', ['6 >']],
    ['app-layer-protocol:tls;', []],
    ['app-layer-protocol:tls|http;', ['6 >', '7 <']],
    ['app-layer-protocol:!tls|http;', []],
    ['app-layer-protocol:!tls|dns,either;', ['6 >', '7 <']],
    ['app-layer-protocol:http,exact,to_server;', ['6 >', '7 <']],
  ])('%s', async (options, expected) => {
    for (const profile of ['single', 'autofp']) {
      expect(await alerts(options, profile).then(all => all.toSorted())).toEqual(expected);
    }
  });
});

describe('app-layer-protocol of flows without a protocol', () => {
  it.each([
    ['app-layer-protocol:failed;', ['6 >', '7 <']],
    ['app-layer-protocol:!http;', ['6 >', '7 <']],
    ['app-layer-protocol:failed,to_server; dsize:>0;', ['6 >', '7 <', '8 >', '9 <']],
    ['app-layer-protocol:!failed;', []],
    ['app-layer-protocol:unknown; dsize:>0;', ['4 >', '5 <']],
  ])('%s', async (options, expected) =>
    expect(await alerts(options, 'single', UNKNOWN).then(all => all.toSorted())).toEqual(expected),
  );

  it('UDP has a protocol with the first datagram of each direction', async () => {
    const datagram = (toServer: boolean) => {
      const [source, destination] = toServer ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
      const [sport, dport] = toServer ? [1000, 2000] : [2000, 1000];
      return packet(ethernet(), ipv4({ source, destination }), udp({ sport, dport }), 'zq');
    };
    const rules = ['alert udp any any -> any any (app-layer-protocol:failed; sid:1;)'];
    const records = await replay({ packets: [true, true, false].map(datagram), rules });
    expect(records.map(({ pcap_cnt }) => pcap_cnt)).toEqual([1, 3]);
  });
});

describe('midstream sessions', () => {
  const words = ['--set', 'stream.midstream=true'];
  const flow = async (...packets: Uint8Array[]) => {
    const [record] = await replay({ packets, types: '[flow]', words });
    return [record!['src_port'], record!['dest_port'], record!['app_proto'], record!['flow'].pkts_toclient];
  };
  // Port 40000 is the server's here: no system port indicates the direction.
  const packet = (fromClient: boolean, data: string): Uint8Array =>
    segment(!fromClient, 'PA', 0, 0, data, 40_000, 50_000);

  it('begin with the server if its first data is that of a server', async () => {
    expect(await flow(packet(false, RESPONSE), packet(true, ''))).toEqual([50_000, 40_000, 'http', 1]);
  });
  it('begin with the client if it sends to the port of a protocol, even from a system port', async () => {
    const call = Buffer.from(framed(lookup3(1, 'a')).buffer).toString('latin1');
    const reply = Buffer.from(framed(found3(1)).buffer).toString('latin1');
    const nfs = (fromClient: boolean, data: string) => segment(fromClient, 'PA', 0, 0, data, 880, 2049);
    expect(await flow(nfs(true, ''), nfs(true, call), nfs(false, reply))).toEqual([880, 2049, 'nfs', 1]);
    expect(await flow(nfs(false, reply), nfs(true, call))).toEqual([880, 2049, 'nfs', 1]);
  });
  it('begin with the client otherwise', async () => {
    expect(await flow(packet(true, REQUEST), packet(false, ''))).toEqual([50_000, 40_000, 'http', 1]);
  });
});

describe('flows that begin with an answer', () => {
  const QUESTION = '0161 0000010001';
  const answer = hex(`0001 8180 0001 0001 0000 0000 ${QUESTION} c00c 0001 0001 0000003c 0004 0a000001`);
  const query = hex(`0002 0100 0001 0000 0000 0000 ${QUESTION}`);
  const sent = (data: Uint8Array, fromServer: boolean): Uint8Array => {
    const [client, server] = ['10.0.0.1', '10.0.0.2'];
    const [source, destination] = fromServer ? [server, client] : [client, server];
    const [sport, dport] = fromServer ? [53, 40_000] : [40_000, 53];
    return packet(ethernet(), ipv4({ source, destination }), udp({ sport, dport }), data);
  };
  const rules = [
    'alert dns any any -> any any (flow:to_client; dns.response.rrname; content:"a"; sid:1;)',
    'alert dns any any -> any any (flow:to_server; dns.query; content:"a"; sid:2;)',
    'alert udp any any -> any any (app-layer-protocol:dns; sid:3;)',
  ];

  it.each(['single', 'workers', 'autofp', 'pipeline', 'oisf2009'])(
    '%s identifies the client',
    async profile => {
      const packets = [sent(answer, true), sent(query, false), sent(answer, true)];
      const records = await replay({ packets, rules, profile, types: '[alert, flow]' });
      const alerts = records.flatMap(({ alert, pcap_cnt }) =>
        alert ? [`${alert.signature_id}@${pcap_cnt}`] : [],
      );
      expect(alerts.toSorted()).toEqual(['1@1', '1@3', '2@2', '3@1', '3@2']);
      const { src_ip, dest_port, flow } = records.find(({ event_type }) => event_type === 'flow')!;
      expect([src_ip, dest_port, flow.pkts_toserver, flow.pkts_toclient]).toEqual(['10.0.0.1', 53, 1, 2]);
    },
  );
});
