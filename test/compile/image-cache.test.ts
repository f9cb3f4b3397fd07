import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { openMatcher } from '../../engine/matcher/open.js';
import type { MatcherKind } from '../../engine/matcher.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import { native } from '../../engine/native.js';
import { CacheFolder } from '../../signatures/compile/cache-folder.js';
import { packed, unpacked } from '../../signatures/compile/image-file.js';
import {
  compileOptionsFrom,
  compileRules,
  ImageCache,
  rulesKey,
  signatureAt,
} from '../../signatures/compile.js';
import { outcomeOf } from '../../signatures/rule-set.js';
import { load } from '../signatures/rules.js';

const RULES = `
alert tcp any any -> any 80 (msg:"ä one"; content:"first"; sid:1; rev:2;)
alert tcp 192.0.2.0/24 any -> any any (msg:"two"; flow:to_server; content:"second"; pcre:"/x\\d/"; sid:2;)
alert ip [192.0.2.1,2001:db8::/32] any -> any any (msg:"three"; sid:3;)
alert udp any any -> any 53 (msg:"four"; content:"|00 ff|"; metadata:a b; sid:4;)
alert tcp any any -> any any (wrong; sid:5;)
`;
const kinds: MatcherKind[] = native()?.versions['hyperscan'] ? ['qgram', 'hyperscan'] : ['qgram'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cache-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const cacheFolder = (now?: number) => new CacheFolder({ folder, maxAge: 3600, warn: () => {} }, now);

describe.each(kinds)('a rule set cached on disk (%s)', kind => {
  const matcher = openMatcher(openMemory(allocateMemory(1, 64)), kind);

  function kept() {
    const rules = load(RULES);
    const cache = cacheFolder();
    const image = compileRules(rules, matcher, { ...compileOptionsFrom(new Config({}), []), cache });
    const store = new ImageCache(cache, matcher);
    store.write('0'.repeat(40), { image, outcome: outcomeOf(rules) });
    return { image, rules, store };
  }

  it('is read as it was written', () => {
    const { image, rules, store } = kept();
    const read = store.read('0'.repeat(40))!;
    const withoutDatabases = { ...image, databases: [] };
    expect({ ...read.image, databases: [] }).toEqual(withoutDatabases);
    expect(read.image.databases.map(({ shared: _, ...rest }) => rest)).toEqual(
      image.databases.map(({ shared: _, ...rest }) => rest),
    );
    expect(read.outcome).toEqual({ ...outcomeOf(rules), loaded: 4 });
    expect(signatureAt(read.image, 0).msg).toBe(signatureAt(image, 0).msg);
  });

  it('reuses the databases in force', () => {
    const { image, store } = kept();
    expect(store.read('0'.repeat(40), image)!.image.databases).toEqual(image.databases);
  });

  it('is compiled again if it, or one of its databases, is damaged or missing', () => {
    const { store } = kept();
    const path = join(folder, `${'0'.repeat(40)}.rules`);
    const bytes = readFileSync(path);
    for (const at of [0, 10, 50, bytes.length - 1]) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1;
      writeFileSync(path, damaged);
      expect(store.read('0'.repeat(40)), `byte ${at}`).toBeUndefined();
    }
    writeFileSync(path, bytes.subarray(0, 30));
    expect(store.read('0'.repeat(40))).toBeUndefined();
    writeFileSync(path, bytes);
    expect(store.read('0'.repeat(40))).toBeDefined();
    rmSync(join(folder, readdirSync(folder).find(name => name.endsWith('.patterns'))!));
    expect(store.read('0'.repeat(40))).toBeUndefined();
    expect(store.read('1'.repeat(40))).toBeUndefined();
  });
});

describe('the key of a rule set', () => {
  it('changes with settings, files and their content', () => {
    const file = join(folder, 'a.rules');
    const keys = new Set([rulesKey({ settings: { a: 1 }, files: [file] })]);
    writeFileSync(file, 'a');
    keys.add(rulesKey({ settings: { a: 1 }, files: [file] }));
    writeFileSync(file, 'b');
    keys.add(rulesKey({ settings: { a: 1 }, files: [file] }));
    keys.add(rulesKey({ settings: { a: 2 }, files: [file] }));
    keys.add(rulesKey({ settings: { a: 2 }, files: [file, file] }));
    expect(keys.size).toBe(5);
    expect(rulesKey({ settings: { a: 1 }, files: [file] })).toBe(
      rulesKey({ settings: { a: 1 }, files: [file] }),
    );
  });
});

describe('the cache folder', () => {
  const name = `${'a'.repeat(40)}.patterns`;

  it('prunes its own files that were not read for too long, and nothing else', () => {
    cacheFolder().write(name, Buffer.from('old'));
    cacheFolder().write(`${'b'.repeat(40)}.patterns`, Buffer.from('read'));
    writeFileSync(join(folder, 'mine.patterns'), '');
    const now = statSync(join(folder, name)).mtimeMs / 1000 + 7200;
    for (const each of readdirSync(folder)) utimesSync(join(folder, each), now - 7200, now - 7200);
    cacheFolder(now).read(`${'b'.repeat(40)}.patterns`);
    expect(cacheFolder(now).prune()).toBe(1);
    expect(readdirSync(folder).sort()).toEqual([`${'b'.repeat(40)}.patterns`, 'mine.patterns']);
  });

  it('warns once if nothing can be written', () => {
    const warnings: string[] = [];
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const broken = new CacheFolder({ folder: file, maxAge: 3600, warn: message => warnings.push(message) });
    broken.write(name, Buffer.from('a'));
    broken.write(name, Buffer.from('a'));
    expect(warnings).toEqual([expect.stringContaining(`cannot be cached in ${file}`)]);
    expect(broken.prune()).toBe(0);
  });
});

it('keeps arrays of all kinds aligned', () => {
  const data = {
    a: Int32Array.of(-1, 2),
    list: [Uint8Array.of(1, 2, 3), { b: Uint16Array.of(65535) }, null, 'ä'],
    c: Uint32Array.of(4294967295),
    empty: new Uint8Array(0),
  };
  expect(unpacked(Buffer.concat(packed(data)))).toEqual(data);
});
