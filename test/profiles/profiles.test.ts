import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ModuleDefinition } from '../../engine/module.js';
import { BUILT_IN_NAMES, builtInProfile } from '../../engine/profile/built-in.js';
import { checkProfile, type ProfileParts } from '../../engine/profile/check.js';
import { drawProfile, profileYaml } from '../../engine/profile/draw.js';
import { parseProfile } from '../../engine/profile/profile.js';
import { loadHandler } from '../../engine/thread/load-module.js';

const stage = (more: Partial<ModuleDefinition> = {}): ModuleDefinition => ({
  api: 1,
  summary: '',
  kind: 'stage',
  create: () => ({ process() {} }),
  ...more,
});

const MODULES: Record<string, ModuleDefinition> = {
  input: stage({ kind: 'acquire' }),
  decode: stage(),
  flow: stage({ perFlow: true, after: ['decode'] }),
  stream: stage({ perFlow: true, after: ['flow'], together: ['flow'] }),
  verdict: stage({ judges: true }),
};
const handlers = new Map(
  await Promise.all(
    ['flow-hash', 'simple', 'ordered', 'protocol-split', 'alert-split', 'address-hash'].map(
      async name => [name, await loadHandler(name, '.')] as const,
    ),
  ),
);
const parts: ProfileParts = {
  module: name => MODULES[name] ?? stage(),
  handler: name => handlers.get(name)!,
};
const check = (...threads: unknown[]) => checkProfile(parseProfile('mine', { threads }), parts);

describe('profiles', () => {
  it.each<[string, unknown[], RegExp]>([
    [
      'T15: a queue without a reader',
      [{ name: 'a', modules: ['input', 'verdict'], to: 'b' }],
      /thread a: its queue to "b" has no reader; threads are a/,
    ],
    [
      'T15: a circle',
      [
        { name: 'a', modules: ['input'], to: 'b' },
        { name: 'b', modules: ['decode'], to: 'c' },
        { name: 'c', modules: ['verdict'], to: 'b' },
      ],
      /form a cycle: a → b → c → b/,
    ],
    [
      'a thread that gets no packets',
      [
        { name: 'a', modules: ['input', 'verdict'] },
        { name: 'b', modules: ['decode'] },
      ],
      /thread b: it receives no packets/,
    ],
    [
      'a path without a verdict',
      [{ name: 'a', modules: ['input', 'decode'] }],
      /packets leave it without a verdict/,
    ],
    [
      'two verdicts',
      [
        { name: 'a', modules: ['input', 'verdict'], to: 'b' },
        { name: 'b', modules: ['verdict'] },
      ],
      /second verdict/,
    ],
    [
      'two threads with one name',
      [
        { name: 'a', modules: ['input', 'verdict'] },
        { name: 'a', modules: ['input', 'verdict'] },
      ],
      /the name is used twice/,
    ],
    [
      'acquire behind another module',
      [{ name: 'a', modules: ['decode', 'input', 'verdict'] }],
      /acquire module input must come first/,
    ],
    [
      'acquire behind a queue',
      [
        { name: 'a', modules: ['input'], to: 'b' },
        { name: 'b', modules: ['input', 'verdict'] },
      ],
      /cannot also acquire packets/,
    ],
    [
      'modules in the wrong order',
      [{ name: 'a', modules: ['input', 'flow', 'decode', 'verdict'] }],
      /module flow must come after decode/,
    ],
    [
      'modules that must be in one thread in two',
      [
        { name: 'a', modules: ['input', 'decode', 'flow'], to: 'b' },
        { name: 'b', modules: ['stream', 'verdict'] },
      ],
      /modules stream and flow must be in the same thread/,
    ],
    [
      'an unknown path',
      [
        {
          name: 'a',
          modules: ['input', 'verdict'],
          handler: 'alert-split',
          to: { alarms: 'end', rest: 'end' },
        },
      ],
      /has no way "alarms"; it has alerts, rest/,
    ],
    [
      'a missing path',
      [{ name: 'a', modules: ['input', 'verdict'], handler: 'alert-split', to: { alerts: 'end' } }],
      /needs a thread or end for its way "rest"/,
    ],
    [
      'directions of a flow in different threads',
      [
        { name: 'a', modules: ['input', 'decode'], handler: 'simple', to: 'b' },
        { name: 'b', count: 2, modules: ['flow', 'verdict'] },
      ],
      /all packets of a flow in one thread; use flow-hash instead of simple/,
    ],
    [
      'packets that may be reordered',
      [
        { name: 'a', modules: ['input'], handler: 'simple', to: 'b' },
        { name: 'b', count: 2, modules: ['decode'], handler: 'flow-hash', to: 'c' },
        { name: 'c', modules: ['flow', 'verdict'] },
      ],
      /needs packets in order.*set ordered: yes/,
    ],
  ])('%s is rejected', (_, threads, message) => {
    expect(() => check(...threads)).toThrow(message);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'an unknown key',
      { threads: [{ name: 'a', modules: ['input'], modulse: [] }] },
      /profiles\.mine\.threads\.0.*modulse/,
    ],
    ['no modules', { threads: [{ name: 'a', modules: [] }] }, /profiles\.mine\.threads\.0\.modules/],
    [
      'an invalid count',
      { threads: [{ name: 'a', modules: ['x'], count: 0 }] },
      /profiles\.mine\.threads\.0\.count/,
    ],
  ])('%s is rejected with its position', (_, yaml, message) => {
    expect(() => parseProfile('mine', yaml)).toThrow(message);
  });

  it.each(BUILT_IN_NAMES)('%s is valid, and T26: the profile as shown can be read again', name => {
    const profile = builtInProfile(name)!;
    checkProfile(profile, parts);
    const shown = parse(profileYaml(profile)) as { profiles: Record<string, unknown> };
    expect(parseProfile(name, shown.profiles[name])).toEqual(profile);
    expect(drawProfile(profile)).toContain(profile.threads[0]!.name);
  });

  it('T2, T14: oisf2009 has 10 packet threads with the roles of 2009', () => {
    const threads = builtInProfile('oisf2009')!.threads.map(({ name, count }) => [name, count]);
    expect(threads).toEqual([
      ['acquire', 1],
      ['decode', 2],
      ['detect', 2],
      ['verdict', 1],
      ['respond', 1],
      ['alert', 3],
    ]);
  });
});
