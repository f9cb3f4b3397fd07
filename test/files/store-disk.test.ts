/** Disk errors of the file store cost no packets. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWholeFile } from '../../engine/whole-file.js';
import { runSluice } from '../cli/program.js';
import { pcapFile } from '../packets/builder.js';
import { down, up } from '../packets/segments.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ASK = 'GET /a HTTP/1.1\r\nHost: b\r\n\r\n';
const say = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n${body}`;
const SAID = say('file').length;
const PACKETS = [
  up(0, 0, 'S'),
  down(0, 1, 'SA'),
  up(1, 1, 'PA', ASK),
  down(1, 1 + ASK.length, 'PA', say('file')),
  up(1 + ASK.length, 1 + SAID, 'PA', ASK),
  down(1 + SAID, 1 + 2 * ASK.length, 'PA', say('more')),
  up(1 + 2 * ASK.length, 1 + 2 * SAID, 'A'),
];

test('a record that cannot be written next to its file is counted, and the run continues', async () => {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const inTheWay = `${digest('file')}.1700000000.1.json`;
  mkdirSync(join(folder, 'filestore', digest('file').slice(0, 2), inTheWay), { recursive: true });
  const yaml = `%YAML 1.1\n---\noutputs:
  - eve-log: { types: [files, stats] }
  - file-store: { version: 2, enabled: yes, force-filestore: yes, write-fileinfo: yes }\n`;
  writeFileSync(join(folder, 'x.yaml'), yaml);
  writeFileSync(join(folder, 'x.pcap'), pcapFile(PACKETS));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '--runmode', 'single'];
  const { stdout, stderr } = await runSluice(words, { cwd: folder });
  expect(stdout + stderr).toContain('a file could not be stored: EISDIR');
  const lines = readFileSync(join(folder, 'eve.json'), 'utf8').trim().split('\n');
  const records = lines.map(line => JSON.parse(line));
  expect(records.filter(each => each.event_type === 'fileinfo')).toHaveLength(2);
  const { file_store: store } = records.find(each => each.event_type === 'stats').stats;
  expect(store).toMatchObject({ fs_errors: 1, stored: 2 });
  expect(readdirSync(join(folder, 'filestore', digest('more').slice(0, 2)))).toHaveLength(2);
});

test('a partly written file is removed if the file cannot be completed', () => {
  mkdirSync(join(folder, 'there', 'more'), { recursive: true });
  expect(() => writeWholeFile(join(folder, 'there'), join(folder, 'half'), 'text')).toThrow();
  expect(readdirSync(folder)).toEqual(['there']);
});

test("a file larger than the store's limit is logged, with the name of the stored part", async () => {
  const yaml = `%YAML 1.1\n---\noutputs:
  - eve-log: { types: [files] }
  - file-store: { version: 2, enabled: yes, force-filestore: yes, max-file-size: 3 }\n`;
  writeFileSync(join(folder, 'x.yaml'), yaml);
  writeFileSync(join(folder, 'x.pcap'), pcapFile(PACKETS.slice(0, 5)));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '--runmode', 'single'];
  const { stdout } = await runSluice(words, { cwd: folder });
  expect(stdout).toContain('a file is larger than max-file-size and was truncated');
  const digest = createHash('sha256').update('fil').digest('hex');
  expect(readFileSync(join(folder, 'filestore', digest.slice(0, 2), digest), 'utf8')).toBe('fil');
});
