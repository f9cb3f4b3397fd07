import { describe, expect, it } from 'vitest';
import { DeclaredOptions } from '../../engine/config/declared.js';
import {
  boolean,
  choice,
  integer,
  mapping,
  names,
  option,
  size,
  sizeFrom,
  text,
  texts,
  tree,
} from '../../engine/config/option.js';

const declared = new DeclaredOptions([
  option('stream.inline', choice('auto', 'yes', 'no'), 'auto', ''),
  option('stream.memcap', size, 64, ''),
  option('stream.reassembly.depth', size, 1, ''),
  option('outputs-buffer', sizeFrom('64kb', '1gb'), 1, ''),
  option('outputs.fast.enabled', boolean, true, ''),
  option('outputs.eve-log.types.alert.payload', boolean, false, ''),
  option('af-packet.*.interface', text, '', ''),
  option('af-packet.*.threads', integer(1, 64), 1, ''),
  option('rule-files', texts, [], ''),
  option('vars', tree, {}, ''),
  option('app-layer.protocols.tls.enabled', boolean, true, ''),
]);

it('unknown names in a list or a mapping are reported, and the others take effect', () => {
  const digests = option('hash', names('md5', 'sha1'), [], '');
  const kinds = option('kinds', mapping('decode', 'stream'), {}, '');
  const found = new DeclaredOptions([digests, kinds]).check({
    hash: ['MD5', 'sha512', 'x'],
    kinds: { decode: 'yes', decoder: 'yes' },
  });
  expect(found.map(({ path, message, isWarning }) => [path, message, isWarning])).toEqual([
    ['hash', 'sha512, x have no effect, expected a list of md5, sha1', true],
    ['kinds', 'decoder has no effect, expected a mapping of decode, stream', true],
  ]);
});

const check = (value: unknown) =>
  declared.check(value).map(({ path, kind, message }) => `${kind} ${path}: ${message}`);

it('a value with only a warning is not an error', () => {
  const memcap = { expected: 'x', parse: size.parse, warning: (value: unknown) => `Invalid value ${value}` };
  const options = new DeclaredOptions([option('a.memcap', memcap, 0, '')]);
  expect(options.check({ a: { memcap: '1mb' } })).toEqual([]);
  expect(options.check({ a: { memcap: 'XXX' } })).toEqual([
    { path: 'a.memcap', kind: 'unaccepted', message: 'Invalid value XXX', isWarning: true },
  ]);
});

describe('checking a configuration', () => {
  it.each([
    [{ stream: { inline: 'yes', memcap: '32 MiB' }, 'outputs-buffer': '1 GiB' }],
    [{ stream: null, vars: { 'address-groups': { A: '[1.2.3.4]' } } }],
    [
      {
        outputs: [
          { fast: { enabled: 'no' } },
          { 'eve-log': { types: ['alert', { alert: { payload: 'yes' } }] } },
        ],
      },
    ],
    [{ 'af-packet': [{ interface: 'eth0', threads: '2' }, { interface: 'default' }] }],
    [{ 'rule-files': ['a.rules', 'b.rules'] }],
    [{ 'stream.inline': 'no' }],
  ])('%j is accepted', value => {
    expect(check(value)).toEqual([]);
  });

  it.each([
    [
      { stream: { inline: 'maybe' } },
      'unaccepted stream.inline: "maybe" is invalid, expected auto, yes or no',
    ],
    [
      { 'outputs-buffer': 65535 },
      'unaccepted outputs-buffer: invalid size argument: "65535", expected a size from 64kb to 1gb',
    ],
    [
      { stream: { memcap: '100 constructor' } },
      'unaccepted stream.memcap: invalid size argument: "100 constructor", expected a size such as 65535, 64kb, 32 MiB or 1gb',
    ],
    [{ stream: { inlin: 'yes' } }, 'unknown stream.inlin: unknown key, did you mean stream.inline?'],
    [{ strem: { x: 1 } }, 'unknown strem: unknown key, did you mean stream?'],
    [{ stream: { reassembly: { 'other-thing': 1 } } }, 'unknown stream.reassembly.other-thing: unknown key'],
    [
      { outputs: [{ fast: { enabled: 'perhaps' } }] },
      'unaccepted outputs.0.fast.enabled: "perhaps" is invalid, expected yes or no',
    ],
    [
      { outputs: [{ fats: { enabled: 'yes' } }] },
      'unknown outputs.0.fats: unknown key, did you mean outputs.0.fast?',
    ],
    [
      { 'af-packet': [{ interface: 'eth0', threads: 0 }] },
      'unaccepted af-packet.0.threads: "0" is invalid, expected a whole number from 1 to 64',
    ],
    [
      { outputs: [{ 'eve-log': { types: ['telnet-thing'] } }] },
      'unknown outputs.0.eve-log.types.0: unknown key',
    ],
    [
      { 'app-layer': { protocols: { dns: { enabled: 'yes' } } } },
      'unknown app-layer.protocols.dns: unknown key',
    ],
  ])('%j is reported', (value, finding) => {
    expect(check(value)).toEqual([finding]);
  });

  it('reports an unknown section once, not each key of it', () => {
    expect(check({ napatech: { a: 1, b: { c: 2 } } }).length).toBe(1);
  });

  it('rejects two different options with one path', () => {
    expect(() => new DeclaredOptions([option('a', size, 1, 'x'), option('a', boolean, true, 'y')])).toThrow(
      /two options have the path a/,
    );
  });

  it('knows the paths of options', () => {
    const known = ['stream', 'stream.inline', 'vars.anything.below', 'af-packet.0.threads'];
    expect(known.filter(path => !declared.has(path))).toEqual([]);
    expect(declared.has('stream.nothing')).toBe(false);
  });
});
