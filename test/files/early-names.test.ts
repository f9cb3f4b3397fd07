/** Names of files are known before the files end: rules on names match at once. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { data, GET, headers, preface } from '../app/http2/frame-builder.js';
import { runSluice } from '../cli/program.js';
import { Traffic, type Turn } from '../detections/traffic.js';
import { pcapFile } from '../packets/builder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'names-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ENDS = { client: '192.0.2.1', clientPort: 1025, server: '192.0.2.80', serverPort: 80 };
const PART = '\r\nContent-Disposition: form-data; name="f"; filename="file.txt"\r\n\r\n';

/** The last turn ends the file. */
const TRANSFERS: Readonly<Record<string, readonly Turn[]>> = {
  'HTTP/1, to the client': [
    ['client', 'GET /file.txt HTTP/1.1\r\nHost: b\r\n\r\n'],
    ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n'],
    ['server', 'half'],
    ['server', 'rest'],
    ['server', ' '],
  ],
  'HTTP/1, a form': [
    ['client', 'POST /a HTTP/1.1\r\nHost: b\r\nContent-Type: multipart/form-data; boundary=x\r\n'],
    ['client', `Content-Length: ${PART.length + 20}\r\n\r\n--x${PART}`],
    ['client', 'half'],
    ['client', 'rest'],
    ['client', '\r\n--x--\r\n'],
  ],
  'HTTP/2, to the client': [
    ['client', Buffer.concat([preface, headers(1, GET, true)])],
    ['server', headers(1, { ':status': '200' })],
    ['server', data(1, 'half', false)],
    ['server', data(1, 'rest', false)],
    ['server', data(1, 'end')],
  ],
};

const RULES = ['filename:"file.txt"', 'fileext:"txt"', 'file.name; content:"file.txt"; endswith']
  .map((condition, i) => `alert ip any any -> any any (${condition}; sid:${i + 1};)\n`)
  .join('');

async function run(turns: readonly Turn[], rules: string, ...more: string[]) {
  writeFileSync(
    join(folder, 'x.yaml'),
    '%YAML 1.1\n---\noutputs: [{ eve-log: { types: [alert, files] } }]\napp-layer: { protocols: { http2: { enabled: yes } } }\n',
  );
  writeFileSync(join(folder, 'x.rules'), rules);
  rmSync(join(folder, 'eve.json'), { force: true });
  writeFileSync(join(folder, 'x.pcap'), pcapFile(new Traffic().connection(ENDS, turns).packets));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '-S', 'x.rules', ...more];
  const { code } = await runSluice(words, { cwd: folder });
  expect(code).toBe(0);
  const lines = readFileSync(join(folder, 'eve.json'), 'utf8').trim().split('\n');
  const records = lines.map(line => JSON.parse(line));
  const ofType = (type: string) => records.filter(({ event_type }) => event_type === type);
  return { alerts: ofType('alert'), files: ofType('fileinfo') };
}

test.each(Object.keys(TRANSFERS).flatMap(transfer => ['ids', 'ips'].map(mode => [transfer, mode] as const)))(
  '%s, in %s mode: a rule on the name matches before the file ends',
  async (transfer, mode) => {
    const { alerts, files } = await run(
      TRANSFERS[transfer]!,
      RULES,
      ...(mode === 'ips' ? ['--simulate-ips'] : []),
    );
    expect(alerts.map(({ alert }) => alert.signature_id).sort()).toEqual([1, 2, 3]);
    for (const { pcap_cnt } of alerts) expect(pcap_cnt).toBeLessThan(files[0].pcap_cnt);
  },
);

test('a rule on files matches each file of a form, and reports that file', async () => {
  const second = PART.replace('file.txt', 'file2.txt');
  const length = 3 + PART.length + 8 + 5 + second.length + 5 + 9;
  const { alerts, files } = await run(
    [
      ['client', 'POST /a HTTP/1.1\r\nHost: b\r\nContent-Type: multipart/form-data; boundary=x\r\n'],
      ['client', `Content-Length: ${length}\r\n\r\n--x${PART}half`],
      ['client', 'rest\r\n--x'],
      ['client', `${second}other`],
      ['client', '\r\n--x--\r\n'],
    ],
    'alert http any any -> any any (filename:"file"; sid:1;)\nalert http any any -> any any (file.name; content:"file.txt"; sid:2;)\n',
  );
  const logged = alerts.map(({ alert, files }) => [
    alert.signature_id,
    ...files.map(({ filename }: { filename: string }) => filename),
  ]);
  expect(logged).toEqual([
    [1, 'file.txt'],
    [2, 'file.txt'],
    [1, 'file2.txt'],
  ]);
  expect(files[0].pcap_cnt).toBeLessThan(files[1].pcap_cnt);
});

test('the type of a file is known with its first bytes, that of a small one at its end', async () => {
  const rules = ['filemagic:"GIF image"', 'file.magic; content:"GIF image"', 'filemagic:!"GIF image"']
    .map((condition, i) => `alert http any any -> any any (${condition}; sid:${i + 1};)\n`)
    .join('');
  const found = async (...parts: string[]) => {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${parts.join('').length}\r\n\r\n`;
    const turns: Turn[] = [head, ...parts].map(text => ['server', text]);
    const ask: Turn = ['client', 'GET /a HTTP/1.1\r\nHost: b\r\n\r\n'];
    const { alerts, files } = await run([ask, ...turns], rules, '--simulate-ips');
    const isEarly = alerts.every(({ pcap_cnt }) => pcap_cnt < files[0].pcap_cnt);
    return { isEarly, sids: alerts.map(({ alert }) => alert.signature_id).sort() };
  };
  const gif = `GIF89a${'\x01\x02'.repeat(300)}`;
  expect(await found(gif, 'more', 'rest')).toEqual({ isEarly: true, sids: [1, 2] });
  expect(await found('GIF89a', '\x01\x02', 'rest')).toEqual({ isEarly: false, sids: [1, 2] });
  expect(await found('text '.repeat(200), 'more', 'rest')).toEqual({ isEarly: true, sids: [3] });
});

test('an alert shows the files of its direction', async () => {
  const { alerts } = await run(
    [
      ['client', 'PUT /up HTTP/1.1\r\nHost: b\r\nContent-Length: 4\r\n\r\nfile'],
      [
        'server',
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Disposition: attachment; filename="down"\r\n\r\nok',
      ],
    ],
    'alert http any any -> any any (http.response_body; content:"ok"; sid:1;)\n',
  );
  expect(alerts[0].files.map(({ filename }: { filename: string }) => filename)).toEqual(['down']);
});
