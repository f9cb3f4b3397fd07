import { expect, it } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { openMatcher } from '../../engine/matcher/open.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import { native } from '../../engine/native.js';
import { compileOptionsFrom, compileRules, releaseUnused } from '../../signatures/compile.js';
import { load } from '../signatures/rules.js';

it.skipIf(!native()?.versions['hyperscan'])('databases that the next rule set does not use are freed', () => {
  const matcher = openMatcher(openMemory(allocateMemory(1, 64)), 'hyperscan');
  const options = compileOptionsFrom(new Config({}), []);
  const rule = (text: string, protocol: string) =>
    `alert ${protocol} any any -> any any (content:"${text}"; sid:${text.length};)`;
  const before = compileRules(load(`${rule('one', 'udp')}\n${rule('second', 'tcp')}`), matcher, options);
  const after = compileRules(load(`${rule('one', 'udp')}\n${rule('another', 'tcp')}`), matcher, {
    ...options,
    previous: before,
  });
  const kept = new Set(after.databases.map(database => database.key));
  const gone = before.databases.filter(({ key }) => !kept.has(key));
  expect(gone.length).toBeGreaterThan(0);
  releaseUnused(openMatcher(openMemory(allocateMemory(1, 64)), 'hyperscan'), before, after);
  for (const { shared } of gone) expect(() => matcher.importDatabase(shared)).toThrow('there is no database');
  for (const { shared } of after.databases) expect(() => matcher.importDatabase(shared)).not.toThrow();
});
