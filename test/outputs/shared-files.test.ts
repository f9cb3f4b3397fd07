import { expect, it } from 'vitest';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import { differentFiletypes } from '../../engine/log-file/shared-files.js';

const found = (...outputs: ConfigTree[]) =>
  differentFiletypes(new Config({ 'default-log-dir': '/log', outputs } as unknown as ConfigTree));

it.each<[string, ConfigTree[]]>([
  [
    'two logs in one file',
    [{ 'eve-log': {} }, { 'eve-log': { filetype: 'file' } }, { fast: { filename: 'eve.json' } }],
  ],
  ['separate files', [{ 'eve-log': {} }, { 'eve-log': { filetype: 'unix_stream', filename: 'eve.sock' } }]],
  ['syslog', [{ 'eve-log': {} }, { 'eve-log': { filetype: 'syslog' } }]],
  ['an unsupported type', [{ 'eve-log': {} }, { 'eve-log': { filetype: 'redis' } }]],
  ['a disabled log', [{ 'eve-log': {} }, { 'eve-log': { enabled: 'no', filetype: 'unix_dgram' } }]],
])('%s: no conflict is reported', (_, outputs) => {
  expect(found(...outputs)).toEqual([]);
});

it('a file and a socket with one path are reported, however it is written', () => {
  const socket = { filetype: 'unix_stream', filename: '/log/a/../eve.json' };
  expect(found({ stats: {} }, { 'eve-log': {} }, { 'eve-log': socket })).toEqual([
    {
      path: 'outputs.2.eve-log.filename',
      kind: 'unaccepted',
      message:
        'is /log/eve.json, which outputs.1.eve-log writes with filetype regular: expected another name, or the same filetype',
    },
  ]);
});
