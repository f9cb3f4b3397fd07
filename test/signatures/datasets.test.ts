import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Config } from '../../engine/config/config.js';
import type { DatasetMatch } from '../../signatures/keywords/datasets.js';
import { loadRules } from '../../signatures/load-rules.js';
import { readDataset } from '../../signatures/state/dataset-files.js';
import { SAMPLE_PROTOCOL } from './rules.js';

const folder = mkdtempSync(join(tmpdir(), 'dataset-rules-'));
const FILES = {
  'a.lst': 'aGVsbG8=\n',
  'rep.lst': 'aGVsbG8=,10\n',
  'mixed.lst': 'aGVsbG8=,10\nd29ybGQ=\n',
  'high.lst': 'aGVsbG8=,65536\n',
  'low.lst': 'aGVsbG8=,-1\n',
  'bad.lst': 'not base64!\n',
  'md5.lst': '5d41402abc4b2a76b9719d911017c592\n',
  'a.json': '[{"host":{"name":"a"},"n":1},{"host":{"name":"a"},"n":2}]',
  'a.ndjson': '{"name":"a"}\n{"name":"b"}\n',
  'no-key.ndjson': '{"other":"a"}\n',
  'some.ndjson': '{"other":"a"}\n{"name":"b"}\n',
  'bad.json': '10.16.1.12,42\n',
};
beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(keywords: readonly string[], tree: object = {}) {
  const rules = keywords.map((k, i) => `alert tcp any any -> any any (tcp.hdr; ${k}; sid:${i + 1};)`);
  const file = join(folder, 'test.rules');
  writeFileSync(file, rules.join('\n'));
  const config = new Config({ 'default-data-dir': folder, ...tree });
  return loadRules({ config, protocols: [SAMPLE_PROTOCOL], exclusive: [file] });
}

describe('datasets are rejected', () => {
  const seen = 'dataset:isset,seen,type string';
  it.each([
    ['dataset:isset,seen', 'has no type'],
    ['dataset:isset,seen,type text', 'bad type text'],
    ['dataset:isset,seen,type string,key a', 'invalid dataset option "key"'],
    ['dataset:is,seen,type string', 'dataset action "is" is invalid'],
    ['dataset:isset,se en,type string', 'spaces not allowed in dataset names'],
    ['datarep:rep,>=,1,load rep.lst,type string', 'datarep operation ">=" is invalid'],
    [`${seen},load none.lst`, 'no such file'],
    [`${seen},load bad.lst`, 'is not a value of type string'],
    [`${seen},load rep.lst`, 'Cannot mix dataset and datarep values for set seen'],
    ['dataset:isset,seen,type sha256,load md5.lst', 'is not a value of type sha256'],
    [`${seen},save /tmp/seen.lst`, 'Absolute paths not allowed: /tmp/seen.lst'],
    [`${seen},state ../seen.lst`, 'Directory traversals not allowed: ../seen.lst'],
    [`${seen},save a/../seen.lst`, 'Directory traversals not allowed: a/../seen.lst'],
    [`${seen},state a,load b`, "'state' can not be mixed"],
    [`${seen},load a.lst,memcap 104064,hashsize 1`, 'dataset too large for set memcap'],
    [`${seen},memcap much`, 'invalid value for memcap: much'],
    [`${seen},hashsize 9999999`, 'single-hashsize'],
    [`${seen},load a.lst,context_key a`, 'context_key needs format json'],
    [`${seen},load a.json,format json,context_key a`, 'needs value_key'],
    [`${seen},load a.json,format json,value_key a`, 'needs context_key'],
    [`${seen},load a.json,format xml`, 'unknown format xml'],
    [`${seen},load bad.json,format json,value_key a,context_key a`, 'dataset seen: bad.json is not JSON'],
    [
      `${seen},load a.ndjson,format ndjson,value_key a,context_key a,array_key b`,
      'array_key needs format json',
    ],
    [`${seen},load a.json,format json,value_key a,context_key a,array_key b`, 'no list under "b" in a.json'],
    [`${seen},state a.json,format json,value_key a,context_key a`, 'state cannot be used with format json'],
    [`${seen},save a.json,format json,value_key a,context_key a`, 'save cannot be used with format json'],
    [
      'dataset:set,seen,type string,load a.json,format json,value_key host.name,context_key a',
      'format json can be used only with isset and isnotset',
    ],
    [`${seen},load no-key.ndjson,format ndjson,value_key name,context_key a`, 'no value under "name"'],
    [`${seen},match regex`, 'unknown match regex'],
    ['datarep:rep,>,1,load mixed.lst,type string', 'Cannot mix dataset and datarep values for set rep'],
    ['datarep:rep,>,1,load high.lst,type string', 'invalid datarep value rep'],
    ['datarep:rep,>,1,load low.lst,type string', 'invalid datarep value rep'],
  ])('%s', (keyword, message) => {
    const { errors, signatures } = load([keyword]);
    expect(signatures).toHaveLength(0);
    expect(errors[0]?.message.toLowerCase()).toContain(message.toLowerCase());
    expect(errors[0]?.position.column).toBeGreaterThan(1);
  });

  it('that write files if rules may not write', () => {
    const { errors } = load(['dataset:set,seen,type string,state seen.lst'], {
      datasets: { rules: { 'allow-write': false } },
    });
    expect(errors[0]?.message).toBe('Rules containing save/state datasets have been disabled');
  });

  it('but not with paths outside of the folder that are only read', () => {
    const { errors } = load([
      `${seen},load ${join(folder, 'a.lst')}`,
      'dataset:isset,up,type string,load sub/../a.lst',
    ]);
    expect(errors).toEqual([]);
  });

  it('but not with written paths outside of the folder if the configuration allows them', () => {
    const state = join(folder, 'sub', '..', 'state.lst');
    const { errors } = load([`${seen},state ${state}`], {
      datasets: { rules: { 'allow-absolute-filenames': true } },
    });
    expect(errors).toEqual([]);
  });

  it('if two rules contradict each other', () => {
    const { errors } = load([
      'dataset:isset,a,type string,load a.lst',
      'dataset:isset,a',
      'dataset:isset,a,type md5',
      'dataset:isset,a,type string,load rep.lst',
    ]);
    expect(errors.map(error => error.message)).toEqual([
      'dataset a already exists and is of type string',
      'dataset a load mismatch: a.lst != rep.lst',
    ]);
  });
});

describe('datasets of the configuration', () => {
  const datasets = { seen: { type: 'string', state: 'seen.lst', memcap: '10mb', hashsize: 64 } };

  it('count towards the total of hashsizes', () => {
    const { signatures, errors } = load(
      [
        'dataset:set,a,type string,hashsize 36',
        'dataset:set,b,type string,hashsize 1',
        'dataset:isset,a',
        'dataset:set,c,type string',
      ],
      { datasets: { ...datasets, limits: { 'total-hashsizes': 100 } } },
    );
    expect(signatures).toHaveLength(3);
    expect(errors.map(error => error.message)).toEqual([
      'hashsize 1 exceeds what remains of datasets.limits.total-hashsizes',
    ]);
  });

  it('complete the settings in rules', () => {
    const { signatures, errors } = load(['dataset:set,seen'], { datasets });
    expect(errors).toEqual([]);
    const { declaration } = signatures[0]!.buffers[0]!.conditions[0] as DatasetMatch;
    expect(declaration).toMatchObject({
      type: 'string',
      load: 'seen.lst',
      save: 'seen.lst',
      memcap: 10 << 20,
    });
  });

  it('are reported if invalid', () => {
    const { errors } = load([], { datasets: { a: { type: 'text' }, b: { type: 'md5', load: 'a.lst' } } });
    expect(errors.map(error => error.message)).toEqual([
      expect.stringContaining('datasets.a: bad type text'),
      expect.stringContaining('datasets.b: dataset b: "aGVsbG8=" is not a value of type md5'),
    ]);
  });
});

it('JSON may contain entries without the value', () => {
  const json = { name: 'a', folder, type: 'string', format: 'ndjson', contextKey: 'c' } as const;
  expect(readDataset({ ...json, load: 'some.ndjson', valueKey: 'name' }, '')).toEqual([
    { value: 'b', json: '{"name":"b"}' },
  ]);
});

it('JSON maps each value to its entry, without the value if configured', () => {
  const json = { name: 'a', folder, type: 'string', format: 'json', contextKey: 'c' } as const;
  expect(readDataset({ ...json, load: 'a.json', valueKey: 'host.name' }, '')[0]).toEqual({
    value: 'a',
    json: '{"host":{"name":"a"},"n":1}',
  });
  expect(readDataset({ ...json, load: 'a.json', valueKey: 'host.name', removeKey: true }, '')[1]?.json).toBe(
    '{"n":2,"host":{}}',
  );
});
