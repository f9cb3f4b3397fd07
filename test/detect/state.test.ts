import { describe, expect, test } from 'vitest';
import { VERDICT_DROP } from '../../engine/packet.js';
import { FLOW_VARIABLES, type FlowVariables } from '../../signatures/state/flow-variables.js';
import { flowEnd, inline, SMALL_CHUNKS, sensorFor, udp } from './sensor.js';

const inFlow = (payload: string, rest = {}) => udp(payload, { flow: 3, ...rest });

describe('flowbits and flowint', () => {
  test('a bit set by one signature is seen by the next, also in the same packet', async () => {
    const s = await sensorFor(`
      alert udp any any -> any any (content:"go"; flowbits:isset,seen; sid:1;)
      alert udp any any -> any any (content:"set"; flowbits:set,seen; flowbits:noalert; sid:2;)
      alert udp any any -> any any (content:"go"; flowbits:isnotset,seen; sid:3;)`);
    expect(s.see(inFlow('go'), inFlow('set'), inFlow('go'), inFlow('set go', { flow: 4 }))).toEqual([
      '3@1',
      '1@3',
      '1@4',
    ]);
  });

  test('bits of detections at the end of a flow are those of that flow, not of the next in its row', async () => {
    const s = await sensorFor(`
      alert udp any any -> any any (content:"set"; flowbits:set,early; noalert; sid:1;)
      alert udp any any -> any any (content:"?"; flowbits:isset,early; sid:2;)
      alert udp any any -> any any (content:"?"; flowbits:isset,late; sid:3;)`);
    const variables = s.thread.services.get(FLOW_VARIABLES) as FlowVariables;
    s.see(inFlow('set'), { ...flowEnd(3), protocol: 17 });
    // Their module follows this one in the same batch.
    expect(variables.hasBit(3, variables.numberOf('early'))).toBe(true);
    variables.setBit(3, variables.numberOf('late'), true);
    expect(s.see(inFlow('?'))).toEqual([]);
  });

  test('isset with several bits needs one of them; toggle and unset change a bit', async () => {
    const s = await sensorFor(`
      alert udp any any -> any any (content:"a"; flowbits:set,a; noalert; sid:1;)
      alert udp any any -> any any (content:"t"; flowbits:toggle,b; noalert; sid:2;)
      alert udp any any -> any any (content:"u"; flowbits:unset,a; noalert; sid:3;)
      alert udp any any -> any any (content:"?"; flowbits:isset,a|b; sid:4;)`);
    expect(s.see(...['?', 'a', '?', 'u', '?', 't', '?', 't', '?'].map(p => inFlow(p)))).toEqual([
      '4@3',
      '4@7',
    ]);
  });

  test('flowint counts', async () => {
    const s = await sensorFor(`
      alert udp any any -> any any (content:"x"; flowint:n,+,1; noalert; sid:1;)
      alert udp any any -> any any (content:"x"; flowint:n,isset; flowint:n,>,2; sid:2;)`);
    expect(s.see(inFlow('x'), inFlow('x'), inFlow('x'), inFlow('x'), inFlow('x', { flow: 5 }))).toEqual([
      '2@3',
      '2@4',
    ]);
  });

  test('flowvar and pktvar compare text captured by pcre', async () => {
    const s = await sensorFor(`
      alert udp any any -> any any (pcre:"/user=(\\w+)/, flow:user"; noalert; sid:1;)
      alert udp any any -> any any (content:"?"; flowvar:user,"oo"; sid:2;)
      alert udp any any -> any any (content:"?"; flowvar:user,!"oo"; sid:3;)
      alert udp any any -> any any (pcre:"/word=(\\w+)/, pkt:word"; noalert; sid:4;)
      alert udp any any -> any any (content:"word"; pktvar:word,"x"; sid:5;)`);
    expect(s.see(...['?', 'user=root', '?', 'user=me', '?'].map(p => inFlow(p)))).toEqual(['2@3', '3@5']);
    expect(s.see(...['word=xy', 'word', 'word=ab'].map(p => inFlow(p)))).toEqual(['5@6']);
  });

  test('the name of a captured variable may be captured, too', async () => {
    const s = await sensorFor(`
      alert udp any any -> any any (pcre:"/(\\w+)=(\\w+)/, pkt:key, pkt:value"; noalert; sid:1;)
      alert udp any any -> any any (content:"="; pktvar:user,"root"; sid:2;)
      alert udp any any -> any any (content:"="; pktvar:key,"user"; sid:3;)`);
    expect(s.see(inFlow('user=root'), inFlow('word=root'))).toEqual(['2@1']);
  });

  test('state ends with its flow', async () => {
    const rules = `
      alert tcp any any -> any any (content:"set"; flowbits:set,b; sid:1;)
      alert tcp any any -> any any (content:"go"; flowbits:isset,b; sid:2;)`;
    const s = await sensorFor(rules, { config: SMALL_CHUNKS });
    expect(s.see(inline('set'), inline('go'))).toEqual(['1@1', '2@2']);
    s.see({ protocol: 6, flow: 1, pseudo: 4 });
    expect(s.see(inline('go'))).toEqual([]);
  });
});

test('a flow that reuses a row has neither its state nor that of others', async () => {
  const s = await sensorFor(`
    alert udp any any -> any any (content:"set"; flowint:n,=,1; noalert; sid:1;)
    alert udp any any -> any any (content:"set"; flowbits:set,b; noalert; sid:2;)
    alert udp any any -> any any (pcre:"/set(\\w+)/, flow:word"; noalert; sid:3;)
    alert udp any any -> any any (content:"?"; flowint:n,isset; sid:5;)
    alert udp any any -> any any (content:"?"; flowbits:isset,b; sid:4;)
    alert udp any any -> any any (content:"?"; flowvar:word,"x"; sid:6;)`);
  expect(s.see(inFlow('setx'), inFlow('?'))).toEqual(['4@2', '5@2', '6@2']);
  s.see({ ...flowEnd(3), protocol: 17 });
  expect(s.see(inFlow('?'))).toEqual([]);
  expect(s.see(inFlow('setx', { flow: 4 }), inFlow('?'), inFlow('?', { flow: 4 }))).toEqual([
    '4@6',
    '5@6',
    '6@6',
  ]);
  expect(s.see(inFlow('setx'), { ...flowEnd(4), protocol: 17 })).toEqual([]);
  expect(s.see(inFlow('?'), inFlow('?', { flow: 4 }))).toEqual(['4@8', '5@8', '6@8']);
});

describe('state of addresses', () => {
  test('hostbits may have an expiry time', async () => {
    const s = await sensorFor(`
      alert udp any any -> any any (content:"set"; hostbits:set,bad,src,10; sid:1;)
      alert udp any any -> any any (content:"go"; hostbits:isset,bad,src; sid:2;)`);
    const at = (seconds: number) => ({ seconds: 1700000000 + seconds });
    expect(s.see(udp('set', at(0)), udp('go', at(5)), udp('go', at(20)))).toEqual(['1@1', '2@2']);
  });

  test('xbits follow the address across flows, until they expire', async () => {
    const s = await sensorFor(`
      alert udp any any -> any any (content:"set"; xbits:set,bad,track ip_src,expire 10; sid:1;)
      alert udp any any -> any any (content:"go"; xbits:isset,bad,track ip_src; sid:2;)`);
    const at = (seconds: number) => ({ seconds: 1700000000 + seconds });
    expect(s.see(udp('set', at(0)), udp('go', at(5)), udp('go', { ...at(5), source: 99 }))).toEqual([
      '1@1',
      '2@2',
    ]);
    expect(s.see(udp('go', at(11)))).toEqual([]);
  });

  test('hostbits can be set for the destination', async () => {
    const s = await sensorFor(`
      alert udp any any -> any any (content:"set"; hostbits:set,b,dst; sid:1;)
      alert udp any any -> any any (content:"go"; hostbits:isset,b,src; sid:2;)`);
    expect(s.see(udp('set'), udp('go'), udp('go', { toServer: false }))).toEqual(['1@1', '2@3']);
  });
});

describe('thresholds', () => {
  const cases: [name: string, option: string, alerts: string[]][] = [
    ['limit', 'threshold: type limit, track by_src, count 2, seconds 60', ['1@1', '1@2', '1@7']],
    ['threshold', 'threshold: type threshold, track by_src, count 3, seconds 60', ['1@3', '1@6']],
    ['both', 'threshold: type both, track by_src, count 2, seconds 60', ['1@2']],
    ['detection_filter', 'detection_filter: track by_src, count 3, seconds 60', ['1@4', '1@5', '1@6']],
    ['by rule', 'threshold: type limit, track by_rule, count 1, seconds 60', ['1@1', '1@7']],
  ];
  test.each(cases)('%s', async (_, option, alerts) => {
    const s = await sensorFor(`alert udp any any -> any any (content:"x"; ${option}; sid:1;)`);
    const seconds = [0, 1, 2, 3, 4, 5, 100].map(n => 1700000000 + n);
    expect(s.see(...seconds.map(each => udp('x', { seconds: each })))).toEqual(alerts);
    expect(s.thread.counters.read('detect.alerts_suppressed')).toBe(seconds.length - alerts.length);
  });

  test('the period of a threshold is exact to the fraction of a second', async () => {
    const s = await sensorFor(
      'alert udp any any -> any any (content:"x"; threshold: type limit, track by_src, count 1, seconds 2; sid:1;)',
    );
    const milliseconds = [900, 2100, 2900, 2901, 4901, 4902];
    const times = milliseconds.map(n => ({
      seconds: 1700000000 + Math.floor(n / 1000),
      nanoseconds: (n % 1000) * 1e6,
    }));
    expect(s.see(...times.map(time => udp('x', time)))).toEqual(['1@1', '1@4', '1@6']);
  });

  test('backoff drops from the second match on, and alerts at exponentially growing counts', async () => {
    const rule =
      'drop udp any any -> any any (content:"x"; threshold: type backoff, track by_flow, count 2, multiplier 2; sid:1;)';
    const s = await sensorFor(rule, { config: { 'engine-mode': 'ips' } });
    const { alerts, verdicts } = s.run(Array.from({ length: 8 }, () => inFlow('x')));
    expect(alerts).toEqual(['1@2', '1@4', '1@8']);
    expect(verdicts.map(verdict => verdict === VERDICT_DROP)).toEqual([false, ...Array(7).fill(true)]);
  });

  test('addresses are counted separately', async () => {
    const s = await sensorFor(
      'alert udp any any -> any any (content:"x"; threshold: type limit, track by_src, count 1, seconds 60; sid:1;)',
    );
    expect(s.see(udp('x'), udp('x', { source: 5 }), udp('x'), udp('x', { source: 5 }))).toEqual([
      '1@1',
      '1@2',
    ]);
  });
});
