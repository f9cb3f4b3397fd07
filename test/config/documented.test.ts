/** T25: every documented option is accepted, every accepted option is documented, with its default. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { declaredOptions } from '../../engine/cli/declared-options.js';
import { Config } from '../../engine/config/config.js';
import type { DeclaredOptions } from '../../engine/config/declared.js';
import { documentedTree, isDocumented } from '../../engine/config/documented.js';
import type { Mapping } from '../../engine/config/scalar.js';

const text = readFileSync(new URL('../../suricata-like.yaml', import.meta.url), 'utf8');
let declared: DeclaredOptions;
let documented: Mapping;

beforeAll(async () => {
  declared = await declaredOptions();
  documented = documentedTree(text);
});

describe('T25: suricata-like.yaml', () => {
  it('documents only accepted options', () => {
    expect(declared.check(documented).map(({ path, message }) => `${path}: ${message}`)).toEqual([]);
  });

  it('documents every accepted option', () => {
    const missing = declared.all.filter(option => !isDocumented(documented, option.path));
    expect(missing.map(({ path, summary }) => `${path}: ${summary}`)).toEqual([]);
  });

  it('keeps the positions of outputs and records that users address by number', () => {
    const outputs = documented['outputs'] as Mapping[];
    expect(outputs.slice(0, 2).map(output => Object.keys(output)[0])).toEqual(['fast', 'eve-log']);
    const types = (outputs[1]!['eve-log'] as Mapping)['types'] as (Mapping | string)[];
    const names = types.map(type => (typeof type === 'string' ? type : Object.keys(type)[0]));
    expect(names.slice(0, 4)).toEqual(['alert', 'frame', 'anomaly', 'http']);
  });

  it('shows the defaults', () => {
    const config = new Config(documentedTree(text.replace(/^\s*#.*$/gm, '')));
    const different = declared.all
      .filter(
        ({ path, fallback }) => !path.includes('*') && typeof fallback !== 'object' && fallback !== undefined,
      )
      .filter(option => config.at(option.path) !== undefined && config.read(option) !== option.fallback);
    expect(
      different.map(option => `${option.path}: ${config.at(option.path)}, default ${option.fallback}`),
    ).toEqual([]);
  });
});

describe('documented keys', () => {
  it('are those in the file, and those that are commented out', () => {
    const tree = documentedTree(
      '# Some prose: here.\na: 1\n#b: 2\nc:\n  #d: x\n  # e is not meant: no\nl:\n  - f:\n      g: 1\n      #h: 2\n',
    );
    const paths = ['a', 'b', 'c.d', 'l.f.g', 'l.*.f.h', '*.d'];
    expect(paths.filter(path => !isDocumented(tree, path))).toEqual([]);
    expect(['e', 'c.e', 'Some', 'l.g'].filter(path => isDocumented(tree, path))).toEqual([]);
  });
});
