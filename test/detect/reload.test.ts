import { describe, expect, test } from 'vitest';
import * as Packet from '../../engine/packet.js';
import { inline, MATCHERS, SMALL_CHUNKS, sensorFor, tcp, udp } from './sensor.js';

describe.each(MATCHERS)('rule reload with %s', matcher => {
  const rules = 'alert tcp any any -> any any (content:"attack"; content:"later"; distance:0; sid:1;)';

  test('state of flows and streams is kept', async () => {
    const s = await sensorFor(
      `${rules}\nalert tcp any any -> any any (content:"set"; flowbits:set,x; sid:2;)`,
      { matcher, config: SMALL_CHUNKS },
    );
    expect(s.see(inline('set att'))).toEqual(['2@1']);
    s.reload(`alert tcp any any -> any any (content:"go"; flowbits:isset,x; sid:3;)\n${rules}`);
    expect(s.see(inline('ack'), inline('go'))).toEqual(['3@3']);
    s.reload(rules);
    expect(s.see(inline('later'), inline('later'))).toEqual(['1@4']);
  });

  test('a bypassed flow is not inspected afterwards', async () => {
    const bypassing = `alert udp any any -> any any (content:"large"; bypass; sid:1;)
      alert udp any any -> any any (content:"hello"; sid:2;)`;
    const s = await sensorFor(bypassing, { matcher });
    expect(s.see(udp('large', { flow: 1 }), udp('hello', { flow: 2 }))).toEqual(['1@1', '2@2']);
    s.reload(bypassing);
    expect(s.see(udp('hello', { flow: 1 }), udp('hello', { flow: 2 }))).toEqual(['2@4']);
  });

  test('reloads between any two packets do not change alerts', async () => {
    const data = Array.from({ length: 30 }, (_, i) => ['at', 'tack', ' la', 'ter', 'x'][i % 5]!);
    const still = await sensorFor(rules, { matcher, config: SMALL_CHUNKS });
    const expected = still.see(...data.map(each => inline(each)));
    const s = await sensorFor(rules, { matcher, config: SMALL_CHUNKS });
    const others = Array.from(
      { length: 12 },
      (_, i) => `alert udp any any -> any any (dsize:${i}; sid:${i + 50};)`,
    );
    const seen = data.flatMap((each, i) => {
      // The rule has another number each time, and is in another line.
      s.reload([...others.slice(i % 13), rules].join('\n'));
      return s.see(inline(each));
    });
    expect(expected.length).toBe(6);
    expect(seen).toEqual(expected);
  });

  test('a moved rule stays the same rule, one with another text of equal length does not', async () => {
    const of = (content: string) => `alert tcp any any -> any any (content:"${content}"; sid:1;)`;
    const s = await sensorFor(of('attack'), { matcher });
    const say = (data: string) => tcp({ stream: { data } });
    const close = tcp({ flags: Packet.FLAG_INSPECT_STREAM });
    expect(s.see(say('attack'))).toEqual([]);
    s.reload(`${'\n'.repeat(20)}${of('attack')}`);
    expect(s.see(close)).toEqual(['1@2']);
    expect(s.see(say('attack'))).toEqual([]);
    s.reload(of('others'));
    expect(s.see(close)).toEqual([]);
  });

  test('after two reloads, the search of an idle stream is not continued with the newest patterns', async () => {
    const of = (content: string, sid: number) =>
      `alert tcp any any -> any any (content:"${content}"; sid:${sid};)`;
    const s = await sensorFor(of('attack', 1), { matcher, config: SMALL_CHUNKS });
    expect(s.see(inline('quiet'))).toEqual([]);
    s.reload(of('second', 2));
    // Its database has the number that the first one had.
    s.reload(`${of('third', 3)}\n${of('fourth', 4)}`);
    expect(s.see(inline('third'), inline('fourth'))).toEqual(['3@2', '4@3']);
  });

  test('equal databases are not compiled again', async () => {
    const s = await sensorFor(rules, { matcher, config: SMALL_CHUNKS });
    const before = s.image.databases;
    s.reload(`${rules}\nalert udp any any -> any any (content:"new"; sid:2;)`);
    expect(s.image.databases).toEqual(expect.arrayContaining([...before]));
    expect(s.image.databases.length).toBe(before.length + 1);
  });
});
