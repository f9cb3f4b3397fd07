/** The commands and files of the guides, run and written as shown, on a machine with nothing but Sluice. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import dns from '../../modules/app/dns.js';
import { runSluice } from '../cli/program.js';
import { prepare } from './definition.js';
import { Traffic } from './traffic.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let home: string;
let place: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-guide-'));
  place = home;
  installSluice(home);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** What `npm install` does, without a network: installs the program and its packages. */
function installSluice(folder: string): void {
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'sluice'));
  symlinkSync(join(root, 'engine/bin/sluice.mjs'), join(folder, 'node_modules', '.bin', 'sluice'));
  symlinkSync(join(root, 'node_modules/.bin/esbuild'), join(folder, 'node_modules', '.bin', 'esbuild'));
}

interface Block {
  readonly info: string;
  readonly text: string;
}

function blocksOf(guide: string): Block[] {
  const text = readFileSync(join(root, 'docs/guide', guide), 'utf8');
  return [...text.matchAll(/^```(.+)\n([\s\S]*?)^```/gm)].map(([, info, body]) => ({
    info: info!,
    text: body!,
  }));
}

/** Runs a command of a guide in the reader's current folder. */
function run(line: string): string {
  const [program, ...words] = line.split(/\s+/);
  if (program === 'cd') {
    place = join(place, words[0]!);
    if (!existsSync(join(place, 'node_modules'))) installSluice(place);
    return '';
  }
  if (program === 'npx')
    return execFileSync(process.execPath, [join(root, 'engine/bin/sluice.mjs'), ...words.slice(1)], {
      cwd: place,
      encoding: 'utf8',
    });
  return execFileSync(program!, words, { cwd: place, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function follow(guide: string): string[] {
  const shown: string[] = [];
  for (const { info, text } of blocksOf(guide)) {
    const file = /file=(\S+)/.exec(info)?.[1];
    if (file) writeFileSync(join(place, file), text);
    else if (info === 'sh run') for (const line of text.trim().split('\n')) shown.push(run(line));
  }
  return shown;
}

describe('the guide to detections', () => {
  it('leads from an empty folder to a package that runs elsewhere, inline', async () => {
    const shown = follow('detections.md');
    expect(shown.filter(text => /all as expected/.test(text))).toHaveLength(2);
    const [packed] = shown.slice(-1);
    const sensor = join(home, 'sensor');
    mkdirSync(sensor);
    installSluice(sensor);
    const target = join(sensor, 'node_modules', 'sluice-cleartext-login');
    mkdirSync(target);
    execFileSync('tar', ['xzf', join(place, packed!.trim()), '--strip-components=1', '-C', target]);
    writeFileSync(join(sensor, 'login.pcap'), login());
    writeFileSync(
      join(sensor, 'sluice.yaml'),
      '%YAML 1.1\n---\ndetections: { files: [sluice-cleartext-login] }\noutputs:\n  - fast: { enabled: yes }\n',
    );
    const words = [
      '-c',
      'sluice.yaml',
      '-r',
      'login.pcap',
      '-l',
      '.',
      '--simulate-ips',
      '--runmode',
      'single',
    ];
    const { code, stderr } = await runSluice(words, { cwd: sensor });
    expect([code, stderr]).toEqual([0, '']);
    expect(readFileSync(join(sensor, 'fast.log'), 'utf8')).toMatch(
      /\[Drop\] \[\*\*\] \[1:9000101:1\] LOCAL password sent in the clear .*10\.0\.0\.1:1024 -> 10\.0\.0\.2:110/,
    );
  });

  it('shows code that can be loaded', () => {
    const codes = blocksOf('detections.md').filter(({ info }) => info === 'ts');
    expect(codes).toHaveLength(1);
    const { problems } = prepare(
      codes.map(({ text }) => text),
      {},
      [dns],
    );
    expect(problems).toEqual([]);
  });
});

function login(): Uint8Array {
  const ends = { client: '10.0.0.1', clientPort: 1024, server: '10.0.0.2', serverPort: 110 };
  return new Traffic()
    .connection(ends, [
      ['server', '+OK\r\n'],
      ['client', 'USER root\r\n'],
      ['server', '+OK\r\n'],
      ['client', 'PASS secret\r\n'],
    ])
    .file();
}

describe('the guide to modules', () => {
  it('creates folders whose tests pass', () => {
    place = join(home, 'modules');
    mkdirSync(place);
    installSluice(place);
    follow('modules.md');
    for (const name of ['large-packets', 'alert-lines', 'greeting', 'by-size', 'an-hour']) {
      const folder = join(place, `sluice-${name}`);
      installSluice(folder);
      const build = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts.build as string;
      const [, ...words] = build.split(' ');
      execFileSync(join(root, 'node_modules/.bin/esbuild'), words, { cwd: folder, stdio: 'pipe' });
      execFileSync(process.execPath, ['--test'], { cwd: folder, stdio: 'pipe' });
    }
  }, 60_000);

  it('creates a module, an output, a parser, a handler and a policy that the engine runs', async () => {
    place = join(home, 'modules');
    writeFileSync(
      join(place, 'x.rules'),
      'alert greeting any any -> any any (greeting.line; content:"two"; sid:7;)\n',
    );
    writeFileSync(
      join(place, 'x.yaml'),
      `%YAML 1.1
---
runmode: mine
profiles:
  mine:
    threads:
      - name: all
        modules: [input, decode, ./sluice-large-packets/large-packets.js, flow, stream, app, detect, verdict]
        handler: ./sluice-by-size
        to: { large: end, other: out }
      - name: out
        modules: [./sluice-alert-lines/alert-lines.js]
app-layer: { plugins: [./sluice-greeting] }
flow: { expiry-policy: ./sluice-an-hour, expiry: eager }
`,
    );
    const ends = { client: '10.0.0.1', clientPort: 1024, server: '10.0.0.2', serverPort: 99 };
    const talk = new Traffic().connection(ends, [['client', 'GREETING one\nGREETING two\n']]);
    writeFileSync(join(place, 'x.pcap'), talk.file());
    const { code, stderr } = await runSluice(['-c', 'x.yaml', '-S', 'x.rules', '-r', 'x.pcap', '-l', '.'], {
      cwd: place,
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(readFileSync(join(place, 'alert-lines.log'), 'utf8')).toMatch(/^1700000000 packet \d+\n$/);
  });

  it("lets detections read the transactions of the guide's parser", async () => {
    place = join(home, 'modules');
    writeFileSync(join(place, 'two.ts'), TWO);
    const talk = 'client "GREETING one\\nGREETING two\\n"\nexpect alert two "GREETING two"\n';
    writeFileSync(
      join(place, 'two.segments'),
      `set app-layer.plugins=./sluice-greeting\ncase a greeting\n${talk}`,
    );
    expect(run('npx sluice test two.ts two.segments')).toContain('1 cases, 0 captures: all as expected');
    writeFileSync(
      join(place, 'plugins.yaml'),
      '%YAML 1.1\n---\napp-layer: { plugins: [./sluice-greeting] }\n',
    );
    const found = run('npx sluice test two.ts x.pcap -c plugins.yaml');
    expect(found).toMatch(/LOCAL two: GREETING two \(packet 6\)/);
  }, 60_000);
});

const TWO = `
import { alert, defineDetection, text } from 'sluice';

export default defineDetection({
  name: 'two',
  sid: 9_000_103,
  msg: 'LOCAL two',
  onTransaction: 'greeting',
  transaction(each) {
    const line = each.buffer('greeting.line');
    if (line && text(line).includes('two')) return alert(text(line));
  },
});
`;
