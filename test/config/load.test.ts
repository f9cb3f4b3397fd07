import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flatten } from '../../engine/config/flatten.js';
import { type ConfigSources, loadConfig } from '../../engine/config/load.js';
import { boolean, integer, option } from '../../engine/config/option.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const load = (text: string, sources: Omit<ConfigSources, 'file'> = {}) =>
  loadConfig({ file: file('main.yaml', text), ...sources });
const tree = (text: string, sources: Omit<ConfigSources, 'file'> = {}) => load(text, sources).config.tree;

describe('a configuration file', () => {
  it('keeps values as they were written', () => {
    expect(
      tree(
        '%YAML 1.1\n---\na: yes\nb: 010\nc: 5\nd: "5"\ne:\nf: ~\ng: 1:20\nh: 0x10\ni: true\nj: 2001-01-01\n',
      ),
    ).toEqual({
      a: 'yes',
      b: '010',
      c: 5,
      d: '5',
      e: null,
      f: null,
      g: '1:20',
      h: '0x10',
      i: true,
      j: '2001-01-01',
    });
  });

  it('treats underscores in keys as hyphens, but not in names of groups', () => {
    expect(tree('max_pending_packets: 1\nvars:\n  address-groups:\n    HOME_NET: any\n')).toEqual({
      'max-pending-packets': 1,
      vars: { 'address-groups': { HOME_NET: 'any' } },
    });
  });

  it('replaces the value of a repeated key', () => {
    expect(tree('stream: {inline: yes, memcap: 1mb}\nstream: {inline: no}\n')).toEqual({
      stream: { inline: 'no' },
    });
  });

  it('supports anchors and aliases', () => {
    expect(tree('a: &x {b: 1}\nc: *x\n')).toEqual({ a: { b: 1 }, c: { b: 1 } });
  });

  it('is empty if the file is empty', () => {
    expect(tree('%YAML 1.1\n---\n')).toEqual({});
  });

  it('knows the lines of keys', () => {
    const { locations } = load('a:\n  b:\n    - c: 1\n');
    expect(locations.get('a.b.0.c')).toEqual({ file: join(folder, 'main.yaml'), line: 3 });
  });
});

describe('included files', () => {
  it('add their keys where they are included, in order, relative to the including file', () => {
    file('sub/one.yaml', 'a: 1\nb: 1\ninclude: two.yaml\n');
    file('sub/two.yaml', 'c: 2\n');
    file('three.yaml', 'd: 3\nb: 3\n');
    expect(tree('a: 0\ninclude:\n  - sub/one.yaml\n  - three.yaml\nb: 9\n')).toEqual({
      a: 1,
      b: 9,
      c: 2,
      d: 3,
    });
  });

  it('may be below a key, or be its value', () => {
    file('x.yaml', 'k: v\n');
    expect(tree('foo:\n  include: x.yaml\nbar: !include x.yaml\n')).toEqual({
      foo: { k: 'v' },
      bar: { k: 'v' },
    });
  });

  it('may be the list that is the value of a key', () => {
    file('list.yaml', '- fast: {enabled: yes}\n- two\n');
    const config = loadConfig({ file: file('main.yaml', 'outputs: !include list.yaml\n') });
    expect(config.config.tree).toEqual({ outputs: [{ fast: { enabled: 'yes' } }, 'two'] });
    expect(config.locations.get('outputs.1')).toMatchObject({ line: 2 });
  });

  it('that do not exist are searched by name in the include path', () => {
    file('elsewhere/x.yaml', 'k: v\n');
    const environment = { SLUICE_INCLUDE_PATH: `/none:${join(folder, 'elsewhere')}` };
    expect(tree('include: ../../gone/x.yaml\n', { environment })).toEqual({ k: 'v' });
  });

  it('of the command line replace whole sections', () => {
    const more = file('more.yaml', 'stream: {midstream: yes}\n');
    expect(tree('stream: {inline: yes}\nflow: {}\n', { includes: [more] })).toEqual({
      stream: { midstream: 'yes' },
      flow: {},
    });
  });
});

describe('a configuration that cannot be read', () => {
  it.each([
    ['a: [1, 2\nb: 3\n', /main\.yaml:\d: /],
    ['a: 1\n  b: 2\n', /main\.yaml:\d: /],
    ['- a\n- b\n', /main\.yaml:1: expected a mapping/],
    ['a: 1\ninclude: gone.yaml\n', /main\.yaml:2: \S*gone\.yaml: no such file/],
    ['include: main.yaml\n', /files include each other more than 32 levels deep/],
    ['a: *nothing\n', /main\.yaml:1: .*nothing/],
    ['a: &x [*x]\n', /main\.yaml:1: &x contains itself/],
    ['[1]: 2\n', /main\.yaml:1: expected a plain text key/],
    ['vars: {address-groups: {__proto__: 1}}\n', /invalid key/],
  ])('%j is reported with file, line and reason', (text, message) => {
    expect(() => load(text)).toThrow(message);
  });

  it('is limited in how much aliases may multiply', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`,
    );
    expect(() => load(`l0: &l0 x\n${levels.join('\n')}\n`)).toThrow(/more than 200000 values/);
  });

  it('is reported if the main file does not exist', () => {
    expect(() => loadConfig({ file: join(folder, 'none.yaml') })).toThrow(/none\.yaml: no such file/);
  });
});

describe('--set', () => {
  const YAML =
    'outputs:\n  - fast: {enabled: no}\n  - eve-log:\n      types:\n        - alert\n        - frame: {enabled: no}\nfiles: [a, b]\n';

  it.each([
    ['new.deep.key=1', { new: { deep: { key: 1 } } }],
    ['flag = yes ', { flag: 'yes' }],
    ['some_key=a=b', { 'some-key': 'a=b' }],
    [
      'vars.address-groups.HOME_NET=[10.0.0.0/8]',
      { vars: { 'address-groups': { HOME_NET: '[10.0.0.0/8]' } } },
    ],
    ['reputation-files.0=x.list', { 'reputation-files': ['x.list'] }],
    ['files=one', { files: 'one' }],
    ['files.1=z', { files: ['a', 'z'] }],
    ['empty=', { empty: null }],
  ])('%s', (set, expected) => {
    expect(tree(YAML, { sets: [set] })).toMatchObject(expected);
  });

  it.each([
    ['outputs.0.fast.enabled=yes', 'outputs.fast.enabled', 'yes'],
    ['outputs.fast.enabled=yes', 'outputs.0.fast.enabled', 'yes'],
    ['outputs.1.eve-log.types.1.frame.enabled=yes', 'outputs.eve-log.types.frame.enabled', 'yes'],
    ['outputs.eve-log.types.alert.payload=yes', 'outputs.1.eve-log.types.0.alert.payload', 'yes'],
    ['outputs.stats.enabled=yes', 'outputs.2.stats.enabled', 'yes'],
  ])('%s addresses list items by index and by name', (set, path, value) => {
    expect(load(YAML, { sets: [set] }).config.at(path)).toBe(value);
  });

  it.each(['stream.inline', '=x', 'a..b=1', 'vars.address-groups.__proto__=1', 'files.99999999=x'])(
    '%s is rejected',
    set => {
      expect(() => load(YAML, { sets: [set] })).toThrow();
    },
  );

  it('overrides the environment, which overrides the file', () => {
    const environment = {
      SLUICE__stream__midstream_policy: 'pass-flow',
      SLUICE__vars__address_groups__HOME_NET: 'any',
      OTHER: 'x',
    };
    const { config, locations } = load('stream: {midstream-policy: ignore}\n', { environment });
    expect(config.at('stream.midstream-policy')).toBe('pass-flow');
    expect(config.at('vars.address-groups.HOME_NET')).toBe('any');
    expect(locations.get('stream.midstream-policy')!.file).toBe(
      'environment SLUICE__stream__midstream_policy',
    );
    expect(
      load('', { environment, sets: ['stream.midstream-policy=drop-flow'] }).config.at(
        'stream.midstream-policy',
      ),
    ).toBe('drop-flow');
  });
});

describe('reading options', () => {
  it('returns the default for a missing or invalid value', () => {
    const { config } = load('stream.inline: yes\na: {b: 7, c: x}\n');
    expect(config.read(option('a.b', integer(), 1, ''))).toBe(7);
    expect(config.read(option('a.c', integer(), 1, ''))).toBe(1);
    expect(config.read(option('a.d', integer(), 1, ''))).toBe(1);
    expect(config.read(option('stream.inline', boolean, false, 'a key with a dot'))).toBe(true);
    expect(config.at('a.constructor')).toBeUndefined();
  });
});

describe('the tree as lines', () => {
  it('has a line for each key', () => {
    const { config } = load('af-packet:\n  - interface: eth0\n    defrag: yes\nlog:\nlist: [x, 2]\n');
    expect(flatten(config.tree).map(line => line.join(' = '))).toEqual([
      'af-packet = (null)',
      'af-packet.0 = interface',
      'af-packet.0.interface = eth0',
      'af-packet.0.defrag = yes',
      'log = (null)',
      'list = (null)',
      'list.0 = x',
      'list.1 = 2',
    ]);
  });
});
