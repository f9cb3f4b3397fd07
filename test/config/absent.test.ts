import { expect, test } from 'vitest';
import { absentLines, absentReason } from '../../engine/cli/command-line/absent-options.js';
import { declaredOptions } from '../../engine/cli/declared-options.js';

test('options of Suricata without effect are reported by name or by reason', () => {
  const paths = [
    'threading.set-cpu-affinity',
    'dpdk.interfaces',
    'outputs.0.eve-log.redis.server',
    'security.landlock.enabled',
    'threading.stack-size',
    'no-such-key',
  ];
  expect(absentLines(paths)).toEqual([
    'threading.set-cpu-affinity, threading.stack-size: no effect, threads and CPU affinity are set by profiles',
    'dpdk.interfaces: no effect, packets come from captures, AF_PACKET and NFQUEUE',
    'outputs.eve-log.redis.server: no effect, not implemented',
    'security.landlock.enabled: no effect, the process does not confine itself; use the service manager',
  ]);
  expect(absentReason('no-such-key')).toBeUndefined();
});

test('no existing option is reported as absent', async () => {
  const { all } = await declaredOptions();
  expect(all.filter(({ path }) => absentReason(path) !== undefined).map(({ path }) => path)).toEqual([]);
});

test('sections of unknown protocols are reported', async () => {
  const protocols = { htpp: { enabled: 'no' }, http: { enabled: 'no' }, 'made-up': null };
  const found = (await declaredOptions()).check({ 'app-layer': { protocols } });
  expect(found.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'app-layer.protocols.htpp: unknown protocol htpp, did you mean http?',
    'app-layer.protocols.made-up: unknown protocol made-up',
  ]);
});

test('a missing libmagic database is reported', async () => {
  const found = (await declaredOptions()).check({
    'magic-file': `/nonexistent/magic:${import.meta.filename}`,
  });
  expect(found.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'magic-file: /nonexistent/magic not found; only the most common file types are recognised, from a built-in table',
  ]);
});

test('missing Lua scripts of outputs are reported before anything starts', async () => {
  const outputs = [{ lua: { enabled: 'yes', 'scripts-dir': '/nonexistent', scripts: ['a.lua'] } }];
  const found = (await declaredOptions()).check({ outputs });
  expect(found.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^lua: \/nonexistent\/a\.lua: ENOENT/),
  ]);
});

test('unknown types of DNS records and unknown fields of mails are reported', async () => {
  const types = [
    { dns: { types: ['a', 'AAAA', '20000', 'aaa', '1'] } },
    { smtp: { custom: ['X_Mailer', 'received', 'relays'] } },
  ];
  const found = (await declaredOptions()).check({ outputs: [{ 'eve-log': { types } }] });
  expect(found.map(({ path, message }) => [path, message.split(',').slice(0, 2).join()])).toEqual([
    ['outputs.0.eve-log.types.0.dns.types', 'aaa, 1 have no effect'],
    [
      'outputs.0.eve-log.types.1.smtp.custom',
      expect.stringMatching('^relays has no effect, expected a list of reply-to'),
    ],
  ]);
  expect(found.every(({ isWarning }) => isWarning)).toBe(true);
});

test('unknown names under the types of EVE are reported; plugins may use any name', async () => {
  const declared = await declaredOptions();
  const outputs = [
    { 'eve-log': { types: ['Alert', { dnss: null }, 'foo', { http: null }, 'netflow', 'ntp'] } },
  ];
  const found = (tree: object) => declared.check(tree).map(({ path, message }) => `${path}: ${message}`);
  expect(found({ outputs })).toEqual([
    'outputs.0.eve-log.types.0: unknown record type Alert, did you mean alert?',
    'outputs.0.eve-log.types.1: unknown record type dnss, did you mean dns?',
    'outputs.0.eve-log.types.2: unknown record type foo',
  ]);
  expect(found({ outputs, 'app-layer': { plugins: ['mine.mjs'] } })).toEqual([]);
});
