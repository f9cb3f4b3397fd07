import { describe, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import type { Protocol } from '../../engine/protocol.js';
import { readPolicies } from '../../signatures/firewall/policies.js';
import { loadRuleText } from '../../signatures/load-rules.js';
import { SAMPLE_PROTOCOL } from '../signatures/rules.js';

const OPTIONS = { config: new Config({}), protocols: [SAMPLE_PROTOCOL] };

const loaded = (firewall: string) => loadRuleText('', 'fw.rules', OPTIONS, `${firewall} (sid:1;)`);

describe('headers of firewall rules', () => {
  test.each([
    ['accept:hook tcp:all any any <> any 80', { action: 'accept', scope: 'hook', hook: 'all' }],
    ['drop:flow,alert udp:flow_start any any -> any any', { action: 'drop', scope: 'flow', alertToo: true }],
    ['accept:flow,pass:flow tcp:all any any -> any any', { passToo: 'flow' }],
    ['accept:tx sample:<request_line any any -> any any', { hook: '<request_line', firewall: true }],
  ])('%s is parsed', (header, expected) => expect(loaded(header).signatures[0]).toMatchObject(expected));

  test.each([
    ['accept tcp:all any any -> any any', /"accept" is not allowed/],
    ['accept:hook tcp any any -> any any', /must name its hook/],
    ['accept:tx tcp:all any any -> any any', /"accept:tx" is not allowed/],
    ['drop:hook tcp:all any any -> any any', /"drop:hook" is not allowed/],
    ['alert tcp:all any any -> any any', /"alert" is not allowed/],
    ['pass:flow tcp:all any any -> any any', /"pass:flow" is not allowed/],
    ['drop:flow tcp:pre_flow any any -> any any', /no flow exists yet/],
    ['accept:hook,drop tcp:all any any -> any any', /invalid second action/],
    ['accept:hook tcp:<all any any -> any any', /"tcp" has no hook "<all"/],
  ])('%s is rejected', (header, expected) => expect(loaded(header).errors[0]?.message).toMatch(expected));
});

describe('policies', () => {
  const proto = {
    ...SAMPLE_PROTOCOL,
    name: 'proto',
    ruleNames: ['proto1'],
    progressToServer: ['request_started', 'request_line', 'request_complete'],
    progressToClient: ['response_started', 'response_complete'],
  } as Protocol;
  const of = (tree: unknown) => readPolicies(tree, [proto]);
  const words = ({ action, scope, alert }: { action: string; scope: string; alert: boolean }) =>
    `${action}:${scope}${alert ? ',alert' : ''}`;

  test('are built in', () => {
    const { filter, preFlow, preStream, app } = of(undefined);
    expect([filter, preFlow, preStream].map(words)).toEqual(['drop:packet', 'accept:hook', 'accept:hook']);
    expect(app['proto']!.flat().map(words)).toEqual(Array(5).fill('drop:flow'));
  });

  test('the most specific one applies', () => {
    const { filter, preStream, app } = of({
      'default-policy': ['accept:hook'],
      packet: { filter: 'drop:packet,alert' },
      app: { 'default-policy': ['drop:packet'], proto1: { 'request-line': ['accept:tx', 'alert'] } },
    });
    expect([filter, preStream].map(words)).toEqual(['drop:packet,alert', 'accept:hook']);
    expect(app['proto']![0].map(words)).toEqual(['drop:packet', 'accept:tx,alert', 'drop:packet']);
  });

  test.each([
    [{ 'default-policy': ['accept:tx'] }, /firewall\.policies\.default-policy: "accept:tx"/],
    [{ packet: { filter: ['accept'] } }, /packet\.filter: "accept" is not allowed/],
    [{ packet: { filter: [] } }, /packet\.filter: "" is not allowed; expected one of accept/],
    [{ packet: { filter: ['accept:hook', 'shout'] } }, /"shout" is not allowed/],
    [{ packet: { 'pre-flow': ['accept:flow'] } }, /pre-flow: no flow exists yet/],
    [{ app: { proto: { 'request-line': ['alert'] } } }, /request-line: "alert" is not allowed/],
  ])('%j is rejected', (tree, expected) => expect(() => of(tree)).toThrow(expected));
});
