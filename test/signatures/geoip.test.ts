import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import { GEOIP_DATABASES, GeoipDatabases } from '../../signatures/geoip/databases.js';
import { MaxMindDatabase } from '../../signatures/geoip/maxmind.js';
import { signatureLanguage } from '../../signatures/language.js';
import { loadRuleText } from '../../signatures/load-rules.js';
import { environment, inspection } from './inspect.js';
import { load, withOptions } from './rules.js';

/** A database with the countries of 0.0.0.0/1 and 128.0.0.0/1. */
function database(low = 'DE', high = 'FR'): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.of(0x40 | value.length), Buffer.from(value)]);
  const map = (...entries: Buffer[]) => Buffer.concat([Buffer.of(0xe0 | (entries.length / 2)), ...entries]);
  const number = (value: number) => Buffer.of(0xc4, 0, 0, 0, value);
  const country = (code: string) => map(text('country'), map(text('iso_code'), text(code)));
  const [first, second] = [country(low), country(high)];
  const tree = Buffer.alloc(6);
  tree.writeUIntBE(1 + 16, 0, 3);
  tree.writeUIntBE(1 + 16 + first.length, 3, 3);
  const metadata = map(
    text('node_count'),
    number(1),
    text('record_size'),
    number(24),
    text('ip_version'),
    number(4),
  );
  return Buffer.concat([
    tree,
    Buffer.alloc(16),
    first,
    second,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    metadata,
  ]);
}

describe('MaxMind databases', () => {
  test('give records of addresses', () => {
    const open = new MaxMindDatabase(database());
    expect(open.find(Uint8Array.of(10, 0, 0, 1))).toEqual({ country: { iso_code: 'DE' } });
    expect(open.find(Uint8Array.of(200, 0, 0, 1))).toEqual({ country: { iso_code: 'FR' } });
    expect(open.find(new Uint8Array(16))).toBeUndefined();
  });

  test('are rejected if damaged', () => {
    expect(() => new MaxMindDatabase(Buffer.from('nonsense'))).toThrow('not a MaxMind database');
    const whole = database();
    for (let i = 0; i < whole.length; i++) {
      const damaged = Buffer.from(whole);
      damaged[i] ^= 0xff;
      try {
        new MaxMindDatabase(damaged).find(Uint8Array.of(10, 0, 0, 1));
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
  });
});

describe('geoip', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-geoip-')), 'countries.mmdb');
  writeFileSync(path, database());
  const config = new Config({ 'geoip-database': path });

  test.each([
    ['DE', true],
    ['src,DE', true],
    ['dst,DE', false],
    ['dst,FR', true],
    ['both,DE,FR', true],
    ['both,DE', false],
    ['any,US', false],
    ['src,!US', true],
    ['src,!DE', false],
  ])('%s matches: %s', (argument, expected) => {
    const { signatures } = loadRuleText(withOptions(`geoip:${argument};`), 'geo.rules', { config });
    const memory = openMemory(allocateMemory(1, 4096));
    memory.row[Packet.IP_VERSION] = 4;
    memory.row[Packet.L3] = 64;
    memory.bytes.set([10, 0, 0, 1, 200, 0, 0, 1], 64 + 12);
    const test = signatureLanguage().condition(signatures[0]!.conditions[0]!, environment())!;
    expect(test(inspection(memory.bytes, { memory }))).toBe(expected);
  });

  test('an unreadable database is an error of the rule, not of each packet', () => {
    const rule = withOptions('geoip:DE;');
    const missing = new Config({ 'geoip-database': `${path}.missing` });
    const { errors, signatures } = loadRuleText(rule, 'geo.rules', { config: missing });
    expect(signatures).toEqual([]);
    expect(String(errors[0]!.message)).toMatch(/geoip: .*countries.mmdb.missing: ENOENT/);

    const copy = `${path}.copy`;
    writeFileSync(copy, database());
    const loaded = loadRuleText(rule, 'geo.rules', { config: new Config({ 'geoip-database': copy }) });
    rmSync(copy);
    const memory = openMemory(allocateMemory(1, 4096));
    const check = signatureLanguage().condition(loaded.signatures[0]!.conditions[0]!, environment())!;
    expect(check(inspection(memory.bytes, { memory }))).toBe(false);
  });

  test('a replaced database applies to rules that are loaded afterwards', () => {
    const replaced = `${path}.replaced`;
    const stores = new Map([[GEOIP_DATABASES, new GeoipDatabases()]]);
    const memory = openMemory(allocateMemory(1, 4096));
    memory.row[Packet.IP_VERSION] = 4;
    memory.row[Packet.L3] = 64;
    memory.bytes.set([10, 0, 0, 1, 200, 0, 0, 1], 64 + 12);
    const found = (codes: readonly [string, string]): boolean => {
      writeFileSync(`${replaced}.new`, database(...codes));
      renameSync(`${replaced}.new`, replaced);
      const { signatures } = loadRuleText(withOptions('geoip:src,SE;'), 'geo.rules', {
        config: new Config({ 'geoip-database': replaced }),
      });
      const [condition] = signatures[0]!.conditions;
      const test = signatureLanguage().condition(condition!, { ...environment(), stores })!;
      return test(inspection(memory.bytes, { memory }));
    };
    expect([found(['DE', 'FR']), found(['SE', 'FR'])]).toEqual([false, true]);
  });

  test('without a database, the rule is rejected', () => {
    expect(load(withOptions('geoip:DE;')).unsupported).toHaveLength(1);
  });

  test.each(['geoip:Germany;', 'geoip:src;', 'geoip:DE,!FR;', 'geoip:;'])('%s is rejected', options => {
    expect(load(withOptions(options)).errors).toHaveLength(1);
  });
});
