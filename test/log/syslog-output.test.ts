import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { openLog } from '../../engine/log.js';

const path = process.env['PATH'];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-syslog-'));
  const logger = join(folder, 'logger');
  writeFileSync(logger, '#!/bin/sh\n{ echo "$@"; cat; } > "$0.tmp" && mv "$0.tmp" "$0.txt"\n');
  chmodSync(logger, 0o755);
  process.env['PATH'] = `${folder}:${path}`;
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

async function logged(syslog: Record<string, string>): Promise<string[]> {
  const outputs = [{ console: { enabled: 'no' } }, { syslog: { enabled: 'yes', ...syslog } }];
  const log = openLog({ config: new Config({ logging: { outputs } } as never), folder });
  log.info('detect: i');
  log.notice('n');
  log.warning('w: 1');
  log.error('config: e');
  log.close();
  const file = join(folder, 'logger.txt');
  await expect.poll(() => existsSync(file), { timeout: 5000 }).toBe(true);
  return readFileSync(file, 'utf8').trim().split('\n');
}

it('syslog gets each message with its level', async () => {
  const [words, ...lines] = await logged({ facility: 'local3', identity: 'me' });
  expect(words).toContain('-t me -p local3.info');
  expect(words).toContain('--prio-prefix');
  const start = `[${process.pid}]`;
  expect(lines).toEqual([
    `<5>${start} <Notice> -- n`,
    `<4>${start} <Warning> -- w: 1`,
    `<3>${start} <Error> -- e`,
  ]);
});

it('syslog has its own level and format', async () => {
  const [, ...lines] = await logged({ level: 'Info', format: '%S: %d ' });
  expect(lines).toEqual(['<6>detect: Info i', '<5>Notice n', '<4>Warning w: 1', '<3>config: Error e']);
});

it('syslog may get JSON', async () => {
  const [, ...lines] = await logged({ type: 'json', level: 'error' });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!.slice(3))).toMatchObject({ engine: { message: 'e', module: 'config' } });
});
