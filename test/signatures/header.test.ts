import { describe, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { load, parse } from './rules.js';

const rule = (header: string) => `${header} (sid:1;)`;
const addresses = (text: string) => parse(rule(`alert ip ${text} any -> any any`)).source;
const ports = (text: string) => parse(rule(`alert tcp any any -> any ${text}`)).destinationPorts;
const refusal = (header: string) => load(rule(header)).errors[0]?.message;

describe('addresses', () => {
  test.each([
    ['10.0.0.1', [[0x0a000001, 0x0a000001]]],
    ['10.1.2.3/8', [[0x0a000000, 0x0affffff]]],
    ['10.1.2.3/255.255.0.0', [[0x0a010000, 0x0a01ffff]]],
    ['10.0.0.1-10.0.0.9', [[0x0a000001, 0x0a000009]]],
    ['[10.0.0.1,10.0.0.2]', [[0x0a000001, 0x0a000002]]],
    [
      '[10.0.0.0/24,!10.0.0.5]',
      [
        [0x0a000000, 0x0a000004],
        [0x0a000006, 0x0a0000ff],
      ],
    ],
    ['[10.0.0.0/24, ![10.0.0.0/25, 10.0.0.255]]', [[0x0a000080, 0x0a0000fe]]],
    [
      '$HOME_NET',
      [
        [0x0a000000, 0x0affffff],
        [0xc0a80000, 0xc0a8ffff],
      ],
    ],
  ])('%s is parsed', (text, v4) => {
    expect(addresses(text)).toMatchObject({ any: false, v4, v6: [] });
  });

  test('a negation alone means all other addresses, of both families', () => {
    const set = addresses('!10.0.0.0/8');
    expect(set.v4).toEqual([
      [0, 0x09ffffff],
      [0x0b000000, 0xffffffff],
    ]);
    expect(set.v6).toEqual([['0'.repeat(32), 'f'.repeat(32)]]);
  });

  test('a variable can be negated', () => expect(addresses('$EXTERNAL_NET').v4).toHaveLength(3));

  test('IPv6 addresses are parsed', () => {
    expect(addresses('2001:db8::/32').v6).toEqual([
      ['20010db8000000000000000000000000', '20010db8ffffffffffffffffffffffff'],
    ]);
    expect(addresses('::ffff:1.2.3.4').v6[0]![0]).toBe('00000000000000000000ffff01020304');
  });

  test.each(['any', '[any]', '[0.0.0.0/0,::/0]'])('%s is every address', text =>
    expect(addresses(text).any).toBe(true),
  );

  test.each([
    '!any',
    '[10.0.0.1',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.9-10.0.0.1',
    '[10.0.0.1,!10.0.0.1]',
    '$NOWHERE',
    '$EMPTY',
    '!!10.0.0.1',
    ':::',
    '1::2::3',
    '::/129',
    '10.0.0.1/255.0.255.0',
    '[,]',
    '![$HOME_NET,$EXTERNAL_NET]',
  ])('%s is rejected', text => {
    const [error] = load(rule(`alert ip ${text} any -> any any`)).errors;
    expect(error?.position).toMatchObject({ line: 1, column: 10 });
  });

  test('a variable that refers to itself is rejected, with the rules that use it', () => {
    const config = new Config({ vars: { 'address-groups': { LOOP: '[$LOOP]' } } });
    const { errors } = load(rule('alert ip $LOOP any -> any any'), { config });
    expect(errors.map(({ position }) => [position.line, position.column])).toEqual([
      [0, 0],
      [1, 10],
    ]);
  });
});

describe('ports', () => {
  test.each([
    ['80', [[80, 80]]],
    ['1024:', [[1024, 65535]]],
    [':1023', [[0, 1023]]],
    ['[80:90,85:99]', [[80, 99]]],
    [
      '!80',
      [
        [0, 79],
        [81, 65535],
      ],
    ],
    [
      '[80:90,!85]',
      [
        [80, 84],
        [86, 90],
      ],
    ],
    [
      '[!20:24, !80]',
      [
        [0, 19],
        [25, 79],
        [81, 65535],
      ],
    ],
    [
      '$MANY',
      [
        [80, 80],
        [443, 443],
      ],
    ],
    ['!$SHELLCODE_PORTS', [[80, 80]]],
    ['any', [[0, 65535]]],
  ])('%s is parsed', (text, ranges) => expect(ports(text)).toEqual(ranges));

  test.each(['65536', '90:80', ':', '!any', 'http', '[80', '[80,!80]', '$NONE', '8 0'])(
    '%s is rejected',
    text => {
      expect(load(rule(`alert tcp any any -> any ${text}`)).errors).toHaveLength(1);
    },
  );
});

describe('the header as a whole', () => {
  test('equal texts share their sets', () => {
    const { signatures } = load(
      ['1', '2'].map(sid => `alert ip $HOME_NET any -> any [1,2] (sid:${sid};)`).join('\n'),
    );
    expect(signatures[0]!.source).toBe(signatures[1]!.source);
    expect(signatures[0]!.destinationPorts).toBe(signatures[1]!.destinationPorts);
  });

  test.each([
    ['drop:flow tcp any any -> any any', { action: 'drop', scope: 'flow' }],
    ['alert sample:request_line any any -> any any', { protocol: 'sample', hook: 'request_line' }],
    ['alert SAMPLE1 any any -> any any', { protocol: 'sample1' }],
    ['alert ip6 any any -> any any', { protocol: 'ipv6' }],
  ])('%s is parsed', (header, expected) => expect(parse(rule(header))).toMatchObject(expected));

  test.each([
    ['alrt tcp any any -> any any', 'An invalid action "alrt" was given'],
    ['alert tpc any any -> any any', 'protocol "tpc" cannot be used in a signature'],
    [
      'alert tcp any any <- any any',
      '"<-" is not a valid direction modifier, "->", "<>" and "=>" are supported',
    ],
    ['alert tcp any any -> any', 'destination port expected'],
    ['alert tcp:nohook any any -> any any', 'protocol "tcp" has no hook "nohook"'],
    ['drop:world tcp any any -> any any', 'invalid action scope in "drop:world"'],
    ['accept:hook tcp:all any any -> any any', 'action "accept" is only for firewall rules'],
  ])('%s is rejected', (header, message) => expect(refusal(header)).toBe(message));

  test('equal addresses on both sides of <> are one direction, with a warning', () => {
    const { signatures, warnings } = load(rule('alert tcp any any <> any any'));
    expect(signatures[0]!.direction).toBe('->');
    expect(warnings).toHaveLength(1);
  });

  test('an unsupported protocol is not an error', () => {
    const { errors, unsupported } = load(rule('alert smb any any -> any any'));
    expect(errors).toEqual([]);
    expect(unsupported).toMatchObject([{ reason: 'protocol smb is not supported yet', sid: 1 }]);
  });
});
