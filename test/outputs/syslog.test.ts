import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Syslog } from '../../engine/log-file/syslog.js';

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

test('lines that nobody takes are bounded, and told when the log is closed', () => {
  const logger = join(folder, 'logger');
  writeFileSync(logger, '#!/bin/sh\nexec sleep 1\n');
  chmodSync(logger, 0o755);
  const told: string[] = [];
  const log = new Syslog({ identity: 'me', facility: 'user', level: 'info' }, message => told.push(message));
  const megabyte = Buffer.from(`${'x'.repeat((1 << 20) - 1)}\n`);
  for (let i = 0; i < 10; i++) log.write(megabyte);
  log.close();
  expect(told).toEqual([expect.stringMatching(/^syslog: [4-6] lines were lost$/)]);
});
