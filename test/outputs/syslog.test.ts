import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Syslog } from '../../engine/log-file/syslog.js';
import { until } from '../until.js';

let folder: string;
const path = process.env['PATH'];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syslog-'));
  process.env['PATH'] = `${folder}${delimiter}${path}`;
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

test('lines that nobody takes are bounded, and reported when the log is closed', () => {
  const logger = join(folder, 'logger');
  writeFileSync(logger, '#!/bin/sh\nexec sleep 1\n');
  chmodSync(logger, 0o755);
  const messages: string[] = [];
  const log = new Syslog({ identity: 'me', facility: 'user', level: 'info' }, message =>
    messages.push(message),
  );
  const megabyte = Buffer.from(`${'x'.repeat((1 << 20) - 1)}\n`);
  for (let i = 0; i < 10; i++) log.write(megabyte);
  log.close();
  expect(messages).toEqual([expect.stringMatching(/^syslog: [4-6] lines were lost$/)]);
});

test('a program that ended is reported with its output, and restarted for later lines', async () => {
  const logger = join(folder, 'logger');
  const taken = join(folder, 'taken');
  writeFileSync(logger, `#!/bin/sh\necho "no socket" >&2\nexit 1\n`);
  chmodSync(logger, 0o755);
  const messages: string[] = [];
  let now = 0;
  const settings = { identity: 'me', facility: 'user', level: 'info' };
  const log = new Syslog(
    settings,
    message => messages.push(message),
    () => now,
  );
  await until(
    () => messages.length > 0,
    () => 'its end was not reported',
  );
  log.write(Buffer.from('one\n'));
  writeFileSync(logger, `#!/bin/sh\ncat > ${taken}\n`);
  now = 10_000;
  log.write(Buffer.from('two\n'));
  log.close();
  await until(
    () => existsSync(taken) && readFileSync(taken, 'utf8') === 'two\n',
    () => 'the second line is taken',
  );
  expect(messages).toEqual(['syslog: no socket', 'syslog: 1 lines were lost']);
});
