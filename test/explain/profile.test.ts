/** Cost of rules, and how far each of them could match. */
import { describe, expect, test } from 'vitest';
import { loadedRules } from '../../engine/cli/rules/capture-inspection.js';
import { coverage } from '../../engine/cli/rules/coverage.js';
import { coverageJson, coverageText } from '../../engine/cli/rules/coverage-text.js';
import { flamePicture } from '../../engine/cli/rules/flame.js';
import { profile } from '../../engine/cli/rules/profile.js';
import { profilePicture } from '../../engine/cli/rules/profile-flame.js';
import { profileText } from '../../engine/cli/rules/profile-text.js';
import { newCell, Stopwatch } from '../../engine/cli/rules/stopwatch.js';
import { explained, fileOf } from './explained.js';
import { conversation, WEB } from './small-captures.js';

const RULES = `
alert http any any -> any any (msg:"uri"; http.uri; content:"/index"; sid:1;)
alert http any any -> any any (msg:"not there"; http.uri; content:"/nope"; sid:2;)
alert http any any -> any any (msg:"referer"; http.referer; content:"x"; sid:3;)
alert tcp any any -> any 80 (msg:"flags"; flags:SF; sid:4;)
alert udp any any -> any 53 (msg:"dns"; content:"x"; sid:5;)
alert tcp any any -> any 8080 (msg:"port"; content:"GET"; sid:6;)
`;

async function over() {
  const options = { read: [conversation(...WEB)], rules: [fileOf(RULES, 'six.rules')] };
  return { options, loaded: await loadedRules(options) };
}

describe('profile', () => {
  test('counts checks, matches and alerts of each rule', async () => {
    const { options, loaded } = await over();
    const { packets, rules, keywords, total, search, evaluation, other } = await profile(loaded, options);
    expect(packets).toBe(10);
    const counts = new Map(rules.map(rule => [rule.sid, [rule.checks, rule.matches, rule.alerts]]));
    expect(counts.get(1)).toEqual([1, 1, 1]);
    expect(counts.get(4)).toEqual([1, 0, 0]);
    expect([2, 3, 5, 6].filter(sid => (counts.get(sid)?.[0] ?? 0) > 0)).toEqual([]);
    expect(keywords.find(each => each.keyword === 'tcp.flags')?.checks).toBe(1);
    expect(total).toBeCloseTo(search + evaluation + other);
    expect(rules.map(rule => rule.time)).toEqual(rules.map(rule => rule.time).toSorted((a, b) => b - a));
  });

  test('is printed as table and drawn as picture', async () => {
    const { options, loaded } = await over();
    const found = await profile(loaded, options);
    expect(profileText(found, 1)).toMatch(/^10 packets, .* ms in detection/);
    // Fixed times, independent of the load of the machine: boxes that are too narrow are omitted.
    const rules = found.rules.map(rule => ({ ...rule, time: 1, keywords: [] }));
    const evaluation = rules.length;
    const picture = profilePicture({
      ...found,
      rules,
      evaluation,
      search: 1,
      other: 1,
      total: evaluation + 2,
    });
    expect(picture).toContain('<title>1:1 uri: ');
    expect(picture.match(/<g>/g)?.length).toBe(picture.match(/<\/g>/g)?.length);
  });

  test('nested time is not counted twice', () => {
    let now = 0;
    const stopwatch = new Stopwatch(() => now);
    const [outer, inner] = [newCell(), newCell()];
    stopwatch.enter(outer);
    now += 3;
    stopwatch.enter(inner);
    now += 5;
    stopwatch.leave();
    now += 2;
    stopwatch.leave();
    expect([outer, inner]).toEqual([
      { calls: 1, time: 5 },
      { calls: 1, time: 5 },
    ]);
  });

  test('names in pictures are escaped', () => {
    const flame = { name: '<b>&"', time: 1, parts: [] };
    expect(flamePicture(flame, '<')).not.toContain('<b>');
  });
});

describe('coverage', () => {
  test('reports how far each rule could match', async () => {
    const { options, loaded } = await over();
    const found = await coverage(loaded, options);
    expect(found.rules.map(({ sid, stage, reason }) => [sid, stage, reason]).sort()).toEqual([
      [1, 'matched', ''],
      [2, 'pattern', 'the pattern was not found'],
      [3, 'buffers', 'no transaction had http.referer'],
      [4, 'conditions', 'a condition failed: sluice rules explain shows which'],
      [5, 'header', 'the packet is TCP'],
      [6, 'header', 'the destination port is 80'],
    ]);
    expect(found.traffic.ports).toEqual(new Map([['tcp 80', 10]]));
    expect(found.traffic.transactions.get('http')).toBe(1);
    expect(coverageText(found, true)).toContain('3 of 6 rules could have fired.');
    expect(JSON.parse(coverageJson(found)).rules).toHaveLength(6);
  });

  test('agrees with explanations', async () => {
    const { options, loaded } = await over();
    for (const { sid, stage } of (await coverage(loaded, options)).rules) {
      const { result, gathered } = await explained(sid, options);
      expect([sid, result === 'fired', gathered.applied > 0]).toEqual([
        sid,
        stage === 'matched',
        stage !== 'header',
      ]);
    }
  });
});
