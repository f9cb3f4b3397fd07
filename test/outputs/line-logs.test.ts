/** http.log and tls.log, and the formats of their lines. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatLine, lineFormat } from '../../engine/record/line-format.js';
import tlsLog from '../../modules/tls-log.js';
import { runSluice } from '../cli/program.js';
import { pcapFile } from '../packets/builder.js';
import { CLIENT, down, SERVER, up } from '../packets/segments.js';
import { StubThread } from '../thread-stub.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'line-logs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const REQUEST = 'GET /a?b HTTP/1.1\r\nHost: h\r\nUser-Agent: u\r\nCookie: x=1; y=2\r\n\r\n';
const RESPONSE = 'HTTP/1.1 301 Moved\r\nLocation: /c\r\nServer: s\r\nContent-Length: 2\r\n\r\nok';

function session(): Uint8Array[] {
  const a = 1 + REQUEST.length;
  const b = 1 + RESPONSE.length;
  return [
    ...[up(0, 0, 'S'), down(0, 1, 'SA'), up(1, 1, 'A'), up(1, 1, 'PA', REQUEST)],
    ...[down(1, a, 'PA', RESPONSE), up(a, b, 'FA'), down(b, a + 1, 'FA'), up(a + 1, b + 1, 'A')],
  ];
}

async function lines(settings: string): Promise<string[]> {
  const yaml = `%YAML 1.1\n---\noutputs:\n  - http-log: { filename: x.log, ${settings} }\n`;
  writeFileSync(join(folder, 'x.yaml'), yaml);
  writeFileSync(join(folder, 'x.pcap'), pcapFile(session()));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '-S', '/dev/null'];
  const { code, stderr } = await runSluice([...words, '--runmode', 'single'], { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  return readFileSync(join(folder, 'x.log'), 'latin1').trim().split('\n');
}

const TIME = /^\d\d\/\d\d\/\d{4}-\d\d:\d\d:\d\d\.\d{6} /;
const WHERE = `${CLIENT}:1025 -> ${SERVER}:80`;

test.each([
  ['', `h [**] /a?b [**] u [**] ${WHERE}`],
  [
    'extended: yes',
    `h [**] /a?b [**] u [**] <no referer> [**] GET [**] HTTP/1.1 [**] 301 => /c [**] 2 bytes [**] ${WHERE}`,
  ],
])('http.log, %s', async (settings, expected) => {
  const [line, ...others] = await lines(settings);
  expect(others).toEqual([]);
  expect(line).toMatch(TIME);
  expect(line!.replace(TIME, '')).toBe(expected);
});

test('http.log may have a custom format', async () => {
  const format = '%m %H %h %[2]u %s %B %{User-Agent}i %{server}o %{y}C %{Referer}i %a:%p %A:%P';
  expect(await lines(`custom: yes, customformat: "${format}"`)).toEqual([
    `GET HTTP/1.1 h /a 301(/c) 2 u s 2 - ${CLIENT}:1025 ${SERVER}:80`,
  ]);
});

test('formats have literals, values, escapes and times', () => {
  const at = { seconds: 0, nanoseconds: 5_000, client: 'c', clientPort: 1, server: 's', serverPort: 2 };
  const line = (text: string) =>
    formatLine(lineFormat(text), at, letter => (letter === 'x' ? 'a\nb' : undefined));
  expect(line('%z 100%% %x %y %{%s}t')).toBe('000005 100% a|0A|b - 0');
});

test('tls.log has a line per session', () => {
  const thread = new StubThread({
    config: { outputs: [{ 'tls-log': { extended: true } }], 'default-log-dir': '/log' } as never,
  });
  let logTransaction: ((slot: number, conversation: unknown, transaction: unknown) => void) | undefined;
  const layer = {
    onFinished: (listener: typeof logTransaction) => {
      logTransaction = listener;
    },
  };
  thread.services.set('application-layer', layer);
  tlsLog.create(thread);
  const protocol = { name: 'tls', lineFields: (transaction: object) => transaction };
  logTransaction!(
    0,
    { protocol, flow: 0 },
    { subject: 'CN=a', issuerdn: 'CN=b', sni: 'c', version: 'TLS 1.2' },
  );
  logTransaction!(0, { protocol, flow: 0 }, { sni: 'c' });
  const written = thread.files.get('/log/tls.log')!;
  expect(written).toMatch(/ {2}TLS: Subject='CN=a' Issuerdn='CN=b' SNI='c' VERSION='TLS 1.2'\n$/);
  expect(written.match(/\n/g)).toHaveLength(1);
});
