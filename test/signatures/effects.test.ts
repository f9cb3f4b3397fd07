/** Effects of a matching rule, as parsed. */
import { describe, expect, test } from 'vitest';
import { parse, refusal, withOptions } from './rules.js';

const effects = (options: string, header?: string) => parse(withOptions(options, header)).effects;

describe('tag', () => {
  test.each([
    ['tag:session;', { scope: 'session', count: 0, unit: 'packets' }],
    ['tag:session,10,bytes;', { scope: 'session', count: 10, unit: 'bytes' }],
    ['tag:host;', { scope: 'host', count: 0, unit: 'packets', direction: 'dst' }],
    ['tag:host,3600,seconds;', { scope: 'host', count: 3600, unit: 'seconds', direction: 'dst' }],
    ['tag:host,100,packets,src;', { scope: 'host', count: 100, unit: 'packets', direction: 'src' }],
  ])('%s is parsed', (options, expected) => expect(effects(options)).toEqual([{ kind: 'tag', ...expected }]));

  test.each([
    'tag:flow;',
    'tag:session,x;',
    'tag:session,1;',
    'tag:session,1,hours;',
    'tag:session,1,packets,src;',
    'tag:host,1,packets,both;',
  ])('%s is rejected', options => expect(refusal(options)).toBeDefined());
});

describe('filestore', () => {
  const ofFiles = (options: string) =>
    parse(withOptions(options)).conditions.filter(each => each['keyword'] === 'filename').length;

  test.each([
    ['filestore;', 1],
    ['filestore:both,file;', 1],
    ['filestore:response;', 1],
    ['content:"a"; filestore:to_client,flow;', 1],
    ['sample.code:1; filestore:both,tx;', 0],
    ['sample.uri; content:"a"; filestore:both,flow;', 0],
  ])('applies to files if the rule has no other transaction condition: %s', (options, expected) =>
    expect(ofFiles(options)).toBe(expected),
  );
});

describe('config', () => {
  test.each(['config', 'alert'])('is valid in rules of action %s', action =>
    expect(effects('config:logging disable, type tx, scope tx;', `${action} tcp any any -> any any`)).toEqual(
      [{ kind: 'config', subsystem: 'logging', type: 'tx', scope: 'tx' }],
    ),
  );

  test('of tracking is parsed', () =>
    expect(
      effects('config:tracking disable, type flow, scope packet;', 'config udp:pre_flow any any -> any any'),
    ).toEqual([{ kind: 'config', subsystem: 'tracking', type: 'flow', scope: 'packet' }]));

  test('of other subsystems is rejected', () =>
    expect(refusal('config:logging enable, type tx, scope tx;')).toBeDefined());
});
