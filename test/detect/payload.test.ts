import { describe, expect, test } from 'vitest';
import * as Packet from '../../engine/packet.js';
import { flowEnd, inline, MATCHERS, SMALL_CHUNKS, sensorFor, tcp, udp } from './sensor.js';

describe.each(MATCHERS)('payload with %s', matcher => {
  const sensor = (rules: string) => sensorFor(rules, { matcher, config: SMALL_CHUNKS });

  test('content is found in a datagram', async () => {
    const s = await sensor('alert udp any any -> any 80 (content:"abc"; sid:1;)');
    expect(s.see(udp('xxabcxx'), udp('xxABCxx'), udp('ab'), udp('abc', { destinationPort: 81 }))).toEqual([
      '1@1',
    ]);
  });

  test('nocase ignores the case of ASCII letters, not of other bytes', async () => {
    const s = await sensor('alert udp any any -> any 80 (content:"|C0|aBc"; nocase; sid:1;)');
    expect(s.see(udp('\xc0Abc'), udp('\xe0Abc'))).toEqual(['1@1']);
  });

  test('a packet without payload inspection matches no payload keyword but dsize', async () => {
    const s = await sensor(`
      alert udp any any -> any any (content:"abc"; sid:1;)
      alert udp any any -> any any (pcre:"/abc/"; sid:2;)
      alert udp any any -> any any (content:!"abc"; sid:3;)
      alert udp any any -> any any (dsize:3; sid:4;)`);
    const hidden = { flags: Packet.FLAG_NO_PAYLOAD_INSPECTION };
    expect(s.see(udp('abc'), udp('abc', hidden), udp('xyz', hidden))).toEqual([
      '1@1',
      '2@1',
      '4@1',
      '4@2',
      '4@3',
    ]);
  });

  test('protocol, direction and addresses must match', async () => {
    const s = await sensor(`
      alert udp 10.0.0.1 any -> any any (content:"abc"; sid:1;)
      alert udp any any -> 10.0.0.1 any (content:"abc"; sid:2;)
      alert udp any 81 <> any 80 (content:"abc"; sid:3;)
      alert udp any any -> any any (content:"abc"; flow:to_client; sid:4;)`);
    expect(s.see(udp('abc'), udp('abc', { toServer: false }))).toEqual(['1@1', '2@2']);
    expect(s.see(udp('abc', { sourcePort: 80, destinationPort: 81 }))).toEqual(['1@3', '3@3']);
    expect(s.see(udp('abc', { flow: 2, toServer: false }))).toEqual(['2@4', '4@4']);
  });

  test('in a stream, a pattern may be split anywhere, and alerts once', async () => {
    const s = await sensor('alert tcp any any -> any 80 (content:"attack"; sid:1;)');
    expect(s.see(inline('xxatt'), inline('ackxx'), inline('more'))).toEqual(['1@2']);
    expect(s.see(...[...'attack'].map(c => inline(c)))).toEqual(['1@9']);
    expect(s.see(inline('attack'), inline('attack'))).toEqual(['1@10', '1@11']);
  });

  test.each([
    ['content:"abc"; depth:12;', 'xxxxxxxxabc', true],
    ['content:"abc"; depth:10;', 'xxxxxxxxabc', false],
    ['content:"abc"; offset:8;', 'xxxxxxxxabc', true],
    ['content:"abc"; offset:9;', 'xxxxxxxxabc', false],
    ['content:"."; within:5;', 'xxxxxxxxxxxxxxxxxxxxxxxx.', false],
    ['content:"ab"; byte_test:20,=,1,0,string,dec,relative;', 'xxab00000000000000000001', true],
  ])(
    'offsets count from the beginning of the stream, however little of it is kept: %s in %s',
    async (options, text, found) => {
      const s = await sensor(`alert tcp-stream any any -> any 80 (${options} sid:1;)`);
      expect(s.see(...[...text].map(c => inline(c)))).toHaveLength(found ? 1 : 0);
    },
  );

  test('in IDS mode, acknowledged data is inspected with the next packet of its direction', async () => {
    const s = await sensor('alert tcp any any -> any 80 (content:"attack"; sid:1;)');
    const data = tcp({ payload: 'attack', flags: Packet.FLAG_IN_STREAM });
    const ack = tcp({ toServer: false, stream: { data: 'attack', flags: Packet.STREAM_FLUSH } });
    expect(s.see(data)).toEqual([]);
    expect(s.see(ack)).toEqual([]);
    expect(s.see(tcp())).toEqual(['1@3']);
  });

  test('in IDS mode, acknowledged data is inspected in chunks, and when the flow ends', async () => {
    const s = await sensorFor('alert tcp any any -> any 80 (content:"attack"; sid:1;)', {
      matcher,
      config: { stream: { reassembly: { 'toserver-chunk-size': 10 } } },
    });
    const ack = (data: string) => tcp({ toServer: false, stream: { data } });
    expect(s.see(ack('attack'), tcp(), ack('12345'), tcp())).toEqual(['1@4']);
    expect(s.see(ack('attack'), tcp(), flowEnd())).toEqual(['1@0']);
  });

  test('a packet outside the stream is inspected on its own', async () => {
    const s = await sensor('alert tcp any any -> any 80 (content:"attack"; sid:1;)');
    expect(s.see(tcp({ payload: 'attack' }), tcp({ payload: 'att' }), tcp({ payload: 'ack' }))).toEqual([
      '1@1',
    ]);
  });

  test('dsize ties a signature to packets, tcp-stream to streams, tcp-pkt to packets', async () => {
    const s = await sensor(`
      alert tcp any any -> any 80 (content:"attack"; dsize:6; sid:1;)
      alert tcp-stream any any -> any 80 (content:"attack"; sid:2;)
      alert tcp-pkt any any -> any 80 (content:"attack"; sid:3;)`);
    expect(s.see(inline('attack'), inline('at'), inline('tack!'))).toEqual(['1@1', '2@1', '3@1', '2@3']);
  });

  test('contents of one signature match in different packets of a stream', async () => {
    const s = await sensor(
      'alert tcp any any -> any 80 (content:"first"; content:"second"; distance:1; sid:1;)',
    );
    expect(s.see(inline('a first'), inline('b'), inline('second'), inline('second'))).toEqual(['1@3']);
  });

  test('no pattern matches across a gap', async () => {
    const s = await sensor('alert tcp any any -> any 80 (content:"attack"; sid:1;)');
    expect(s.see(inline('att'), inline('ack', { stream: { gap: 2 } }), inline('attack'))).toEqual(['1@3']);
  });

  test('very many signatures match in the same data, each once', async () => {
    const rules = Array.from(
      { length: 300 },
      (_, i) => `alert tcp-stream any any -> any 80 (pcre:"/evil/"; sid:${i + 1};)`,
    );
    const s = await sensorFor(rules.join('\n'), { matcher, config: { 'packet-alert-max': 1000 } });
    const ack = (data: string) => tcp({ toServer: false, stream: { data, flags: Packet.STREAM_FLUSH } });
    expect(s.see(ack('evil'), tcp()).length).toBe(300);
    expect(s.see(ack('more'), tcp())).toEqual([]);
    expect(s.see(ack('evil'), tcp()).length).toBe(300);
  });

  test('in IDS mode, data before and behind gaps is inspected together, each piece on its own', async () => {
    const s = await sensorFor(
      `alert tcp any any -> any 80 (content:"attack"; sid:1;)
       alert tcp any any -> any 80 (content:"one"; content:"two"; sid:2;)`,
      { matcher, config: { stream: { reassembly: { 'toserver-chunk-size': 10 } } } },
    );
    const ack = (data: string, gap = 0) => tcp({ toServer: false, stream: { data, gap } });
    expect(s.see(ack('attack'), tcp(), ack('one', 2), ack('two', 2), tcp(), tcp())).toEqual(['1@5']);
    expect(s.see(ack('one two', 1), ack('attack', 1), ack('attack', 1), tcp())).toEqual(['1@10', '2@10']);
    expect(s.see(ack('attack', 1), ack('', 1), flowEnd())).toEqual(['1@0']);
    expect(s.see(ack('attack'), ack('more', 1), flowEnd())).toEqual(['1@0']);
  });

  test('alerts do not depend on the size of batches', async () => {
    const rules = `
      alert tcp any any -> any 80 (content:"one"; sid:1;)
      alert tcp any any -> any 80 (content:"one"; content:"two"; sid:2;)
      alert tcp any any -> any 80 (content:!"four"; content:"two"; dsize:<9; sid:3;)`;
    const packets = ['one', 'tw', 'o', 'two one', 'four', 'one two', 'onetwo four'].map(data => inline(data));
    const whole = (await sensor(rules)).see(...packets);
    const single = await sensor(rules);
    expect(packets.flatMap(packet => single.see(packet))).toEqual(whole);
    expect(whole.length).toBeGreaterThan(5);
  });
});
