import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { lineOfValue, valueOfBytes, valueOfLine } from '../../signatures/state/dataset-values.js';
import { DatasetStore } from '../../signatures/state/datasets.js';
import { allocateTable, SharedTable } from '../../signatures/state/shared-table.js';
import { ipv4, packet, udp as udpHeader } from '../packets/builder.js';

const folder = mkdtempSync(join(tmpdir(), 'datasets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => Buffer.from(text, 'latin1');
const table = () => allocateTable(1 << 16);

test('values of all types survive saving and loading', () => {
  for (const [type, line] of [
    ['string', 'aGVsbG8='],
    ['md5', '5d41402abc4b2a76b9719d911017c592'],
    ['ipv4', '192.0.2.1'],
    ['ipv6', '2001:0db8:0000:0000:0000:0000:0000:0001'],
    ['ip', '2001:0db8:0000:0000:0000:0000:0000:0001'],
    ['ip', '192.0.2.1'],
  ] as const) {
    expect(lineOfValue(type, valueOfLine(type, line)!)).toBe(line);
  }
  expect(valueOfLine('md5', 'zz')).toBeUndefined();
  expect(valueOfLine('ip', '192.0.2.1')).toBe(valueOfLine('ip', '::ffff:192.0.2.1'));
  const address = packet(ipv4({ source: '192.0.2.1' }), udpHeader()).subarray(12, 16);
  expect(valueOfBytes('ip', address, 0, 4)).toBe(valueOfLine('ip', '192.0.2.1'));
});

test('a value that is not of the type is not added', () => {
  const store = new DatasetStore(new SharedTable(table()), folder, problem => expect(problem).toBe(''));
  const set = store.open({ name: 'digests', type: 'md5', folder: '' });
  expect(set.add(bytes('short'), 0, 5)).toBe(false);
  expect(set.add(bytes('sixteen bytes ok'), 0, 16)).toBe(true);
});

test('of a long value, the parts that can be domains are looked up', () => {
  const lookups = new SharedTable(table());
  const store = new DatasetStore(lookups, folder, problem => expect(problem).toBe(''));
  const set = store.open({ name: 'domains', type: 'string', folder: '', subdomains: true });
  for (const domain of ['.example.org', `.${'x'.repeat(255)}`]) set.add(bytes(domain), 0, domain.length);
  const has = (value: string) => set.has(bytes(value), 0, value.length);
  expect(['.www.example.org', 'www.example.org', '.example.org'].map(has)).toEqual([true, true, true]);
  expect(['example.org', '.example.org.', '.org'].map(has)).toEqual([false, false, false]);
  expect(has(`a.${'x'.repeat(255)}`)).toBe(true);
  const withKey = vi.spyOn(lookups, 'with');
  expect(has(`${'.a'.repeat(5000)}.example.org`)).toBe(true);
  expect(has('.a'.repeat(5000))).toBe(false);
  expect(withKey.mock.calls.length).toBeLessThan(300);
});

test('a value removed by one thread is not saved by another, whichever closes last', () => {
  const file = 'kept.lst';
  const declaration = { name: 'kept', type: 'string', load: file, save: file, folder: '' } as const;
  const lines = (...values: string[]) =>
    values.map(value => `${Buffer.from(value).toString('base64')}\n`).join('');
  for (const reverse of [false, true]) {
    const shared = table();
    writeFileSync(join(folder, file), lines('old', 'stays'));
    const open = () => new DatasetStore(new SharedTable(shared), folder, problem => expect(problem).toBe(''));
    const stores = [open(), open()];
    const [a, b] = stores.map(store => store.open(declaration));
    a!.add(bytes('mine'), 0, 4);
    for (const gone of ['old', 'mine']) b!.remove(bytes(gone), 0, gone.length);
    a!.add(bytes('again'), 0, 5);
    b!.remove(bytes('again'), 0, 5);
    a!.add(bytes('again'), 0, 5);
    for (const store of reverse ? stores.reverse() : stores) store.close();
    expect(readFileSync(join(folder, file), 'utf8')).toBe(lines('stays', 'again'));
  }
});

test.each([['in.lst'], [join(folder, 'deeper', 'absolute.lst')]])('a set is saved in %s', save => {
  const store = new DatasetStore(new SharedTable(table()), folder, problem => expect(problem).toBe(''));
  store.open({ name: 'kept', type: 'string', save, folder: '' }).add(bytes('value'), 0, 5);
  store.close();
  expect(readFileSync(resolve(folder, save), 'utf8')).toBe('dmFsdWU=\n');
});

test('a value added by one thread is seen by others; saved sets are loaded again', () => {
  const shared = table();
  const problems: string[] = [];
  const open = () => new DatasetStore(new SharedTable(shared), folder, problem => problems.push(problem));
  const [one, two] = [open(), open()];
  const declaration = {
    name: 'seen',
    type: 'string',
    load: 'seen.lst',
    save: 'seen.lst',
    folder: '',
  } as const;
  const [a, b] = [one.open(declaration), two.open(declaration)];
  a.add(bytes('hello'), 0, 5);
  expect([a.has(bytes('hello'), 0, 5), b.has(bytes('hello'), 0, 5), b.has(bytes('hallo'), 0, 5)]).toEqual([
    true,
    true,
    false,
  ]);
  b.remove(bytes('hello'), 0, 5);
  expect(a.has(bytes('hello'), 0, 5)).toBe(false);
  b.add(bytes('other'), 0, 5);
  a.add(bytes('more'), 0, 4);
  one.close();
  two.close();
  expect(readFileSync(join(folder, 'seen.lst'), 'utf8').split('\n').sort()).toEqual([
    '',
    'b3RoZXI=',
    'bW9yZQ==',
  ]);
  const later = new DatasetStore(new SharedTable(table()), folder, problem => problems.push(problem)).open(
    declaration,
  );
  expect(later.has(bytes('other'), 0, 5)).toBe(true);
  expect(problems).toEqual([]);
});

test('reputations and JSON are loaded, and invalid lines are reported', () => {
  writeFileSync(join(folder, 'rep.lst'), '192.0.2.1,200\n');
  writeFileSync(
    join(folder, 'list.json'),
    JSON.stringify({ hosts: [{ name: 'a.example' }, { name: 'b.example' }] }),
  );
  const problems: string[] = [];
  const store = new DatasetStore(new SharedTable(table()), folder, problem => problems.push(problem));
  const rep = store.open({ name: 'rep', type: 'ip', load: 'rep.lst', folder, reputation: true });
  expect(rep.reputation(Uint8Array.of(192, 0, 2, 1), 0, 4)).toBe(200);
  expect(rep.reputation(Uint8Array.of(192, 0, 2, 2), 0, 4)).toBeUndefined();
  expect(problems).toEqual([]);
  const json = store.open({
    name: 'j',
    type: 'string',
    load: 'list.json',
    folder,
    format: 'json',
    arrayKey: 'hosts',
    valueKey: 'name',
  });
  expect(json.has(bytes('b.example'), 0, 9)).toBe(true);
  expect(json.json(bytes('b.example'), 0, 9)).toBe('{"name":"b.example"}');
});

test('values added by traffic are saved up to a memory limit; all are in the set', () => {
  const problems: string[] = [];
  const note = (problem: string) => problems.push(problem);
  const store = new DatasetStore(new SharedTable(table()), folder, note, undefined, 250);
  const open = (name: string) => store.open({ name, type: 'string', save: `${name}.bounded`, folder: '' });
  const saved = (name: string) => {
    store.close();
    const lines = readFileSync(join(folder, `${name}.bounded`), 'utf8').split('\n');
    return lines.filter(line => line !== '').map(line => Buffer.from(line, 'base64').toString('latin1'));
  };
  const [a, b] = [open('a'), open('b')];
  const add = (set: typeof a, value: string) => set.add(bytes(value), 0, value.length);
  for (const value of ['one', 'one', 'x'.repeat(60), 'two']) add(a, value);
  expect(problems).toEqual([expect.stringContaining('dataset a: not all values can be saved')]);
  for (const value of ['one', 'x'.repeat(60), 'two']) expect(a.has(bytes(value), 0, value.length)).toBe(true);
  add(b, 'three');
  b.remove(bytes('four'), 0, 4);
  expect(problems).toHaveLength(3);
  expect([saved('a'), saved('b')]).toEqual([['one', 'two'], []]);
  // The value moves, and needs no further memory.
  a.remove(bytes('one'), 0, 3);
  add(a, 'one');
  expect(problems).toHaveLength(3);
  a.clear();
  add(b, 'three');
  add(b, 'four');
  expect(problems).toHaveLength(3);
  expect([saved('a'), saved('b')]).toEqual([[], ['three', 'four']]);
});
