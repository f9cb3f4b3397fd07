/** `xff`: the client behind a proxy, in alerts, HTTP and file records, and next to stored files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';
import { pcapFile } from '../packets/builder.js';
import { CLIENT, down, SERVER, up } from '../packets/segments.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forwarded-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ASK = 'GET /a HTTP/1.1\r\nHost: b\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n\r\n';
const SAY = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfile';
const PACKETS = [
  up(0, 0, 'S'),
  down(0, 1, 'SA'),
  up(1, 1, 'PA', ASK),
  down(1, 1 + ASK.length, 'PA', SAY),
  up(1 + ASK.length, 1 + SAY.length, 'FA'),
  down(1 + SAY.length, 2 + ASK.length, 'FA'),
  up(2 + ASK.length, 2 + SAY.length, 'A'),
];

interface EveRecord {
  readonly event_type: string;
  readonly src_ip: string;
  readonly dest_ip: string;
  readonly xff?: string;
  readonly alert?: { readonly xff?: string };
}

const IN_ANSWER = 'alert http any any -> any any (http.response_body; content:"file"; sid:1;)';
/** The alert is of the stream, not of a transaction. */
const IN_STREAM = 'alert tcp any any -> any any (content:"Host: b"; sid:2;)';

async function run(
  eve: string,
  files: string,
  store: string,
  rule = IN_ANSWER,
  http = '',
): Promise<Record<string, EveRecord>> {
  const yaml = `%YAML 1.1\n---\noutputs:
  - eve-log: { ${eve}types: [alert, files: { ${files} }, http: { ${http} }] }
  - file-store: { version: 2, enabled: yes, force-filestore: yes, write-fileinfo: yes, ${store} }\n`;
  writeFileSync(join(folder, 'x.yaml'), yaml);
  writeFileSync(join(folder, 'x.rules'), `${rule}\n`);
  writeFileSync(join(folder, 'x.pcap'), pcapFile(PACKETS));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '-S', 'x.rules'];
  const { code } = await runSluice([...words, '--runmode', 'single'], { cwd: folder });
  expect(code).toBe(0);
  const lines = readFileSync(join(folder, 'eve.json'), 'utf8').trim().split('\n');
  const byType = Object.fromEntries(lines.map(line => JSON.parse(line)).map(each => [each.event_type, each]));
  const beside = readdirSync(join(folder, 'filestore'), { recursive: true, encoding: 'utf8' });
  const record = beside.find(name => name.endsWith('.json'))!;
  byType['store'] = JSON.parse(readFileSync(join(folder, 'filestore', record), 'utf8'));
  return byType;
}

function alertRecords(): readonly EveRecord[] {
  const lines = readFileSync(join(folder, 'eve.json'), 'utf8').trim().split('\n');
  return lines.map(line => JSON.parse(line) as EveRecord).filter(({ event_type: type }) => type === 'alert');
}

const xff = (mode: string, deployment: string) =>
  `xff: { enabled: yes, mode: ${mode}, deployment: ${deployment} }`;

test('the setting of an eve-log applies to its alerts and files', async () => {
  const records = await run(`${xff('extra-data', 'reverse')}, `, '', '');
  expect(records['alert']).toMatchObject({ dest_ip: CLIENT, alert: { xff: '10.0.0.2' } });
  expect(records['fileinfo']).toMatchObject({ dest_ip: CLIENT, xff: '10.0.0.2' });
  expect(records['http']).toMatchObject({ src_ip: CLIENT, xff: '10.0.0.2', http: { hostname: 'b' } });
  expect(records['store']).toMatchObject({ dest_ip: CLIENT });
  expect(records['store']).not.toHaveProperty('xff');
});

test('the record next to a stored file is that of the log', async () => {
  const records = await run('', '', '');
  expect(records['store']).toEqual(records['fileinfo']);
});

test('alerts in the stream have the address of the first open request', async () => {
  const records = await run(`${xff('extra-data', 'forward')}, `, '', '', IN_STREAM);
  expect(records['alert']).toMatchObject({ dest_ip: SERVER, alert: { signature_id: 2, xff: '10.0.0.1' } });
});

test('alerts before the request have no address, wherever in a batch they are', async () => {
  const syn = 'alert tcp any any -> any any (flags:S; sid:3;)';
  await run(`${xff('extra-data', 'forward')}, `, '', '', syn);
  expect(alertRecords().map(({ alert }) => alert)).toMatchObject([{ signature_id: 3 }]);
  expect(alertRecords()[0]?.alert).not.toHaveProperty('xff');
});

test('HTTP records have a setting of their own', async () => {
  const records = await run('', '', '', IN_ANSWER, xff('overwrite', 'forward'));
  expect(records['http']).toMatchObject({ src_ip: '10.0.0.1', dest_ip: SERVER, http: { hostname: 'b' } });
  for (const type of ['http', 'fileinfo', 'alert']) expect(records[type]).not.toHaveProperty('xff');
  expect(records['fileinfo']).toMatchObject({ dest_ip: CLIENT });
});

test('file records have a setting of their own, and the file store another', async () => {
  const records = await run('', xff('overwrite', 'forward'), xff('extra-data', 'reverse'));
  expect(records['alert']).toMatchObject({ dest_ip: CLIENT });
  expect(records['alert']?.alert).not.toHaveProperty('xff');
  expect(records['fileinfo']).toMatchObject({ dest_ip: '10.0.0.1' });
  expect(records['fileinfo']).not.toHaveProperty('xff');
  expect(records['store']).toMatchObject({ dest_ip: CLIENT, xff: '10.0.0.2' });
});

test("records next to stored files may have the address in place of the client's", async () => {
  const records = await run('', '', xff('overwrite', 'forward'));
  expect(records['store']).toMatchObject({ dest_ip: '10.0.0.1' });
  expect(records['fileinfo']).toMatchObject({ dest_ip: CLIENT });
});
