/** Runs of the real program over small captures. A module of the test sets the verdicts of packets. */
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';
import { until } from '../until.js';
import { collectOutput } from './child-output.js';
import { PROGRAM, runSluice } from './program.js';

const JUDGE = `export default {
  api: 1, summary: 'lets everything pass', kind: 'stage', judges: true,
  create: () => ({ process() {} }),
};`;

const CONFIG = `%YAML 1.1
---
runmode: test
profiles:
  test:
    threads:
      - { name: capture, modules: [input, decode], to: worker }
      - { name: worker, count: 2, modules: [flow, stream, detect, ./judge.mjs, outputs] }
outputs:
  - fast: { filename: fast.log }
`;

const RULES = 'alert udp any any -> any 7 (msg:"seven"; content:"hello"; sid:7; rev:1;)\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  write('judge.mjs', JUDGE);
  write('x.yaml', CONFIG);
  write('x.rules', RULES);
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const hello = (port: number, sport = 1000) =>
  packet(ethernet(), ipv4(), udp({ sport, dport: port }), 'hello');
const sids = (name = 'fast.log'): string[] =>
  existsSync(join(folder, name))
    ? [...readFileSync(join(folder, name), 'utf8').matchAll(/\[1:(\d+):1\]/g)].map(match => match[1]!)
    : [];
const run = (words: string[], input?: Uint8Array) =>
  runSluice(['-c', 'x.yaml', '-l', '.', ...words], { cwd: folder, input });

describe('a run over captures', () => {
  it('writes alerts and ends with 0', async () => {
    write('a.pcap', pcapFile([hello(7), hello(8), hello(7, 1001)]));
    const { code, stderr } = await run(['-r', 'a.pcap', '-S', 'x.rules']);
    expect([code, stderr, sids()]).toEqual([0, '', ['7', '7']]);
  });

  it('reads several captures and standard input', async () => {
    write('a.pcap', pcapFile([hello(7)]));
    write('b.pcap', pcapFile([hello(7, 1001)]));
    await run(['-r', 'a.pcap', '-r', 'b.pcap', '-r', '-', '-S', 'x.rules'], pcapFile([hello(7, 1002)]));
    expect(sids()).toEqual(['7', '7', '7']);
  });

  it('reads only packets that match the packet filter', async () => {
    write('a.pcap', pcapFile([hello(7), hello(7, 2000)]));
    expect((await run(['-r', 'a.pcap', '-S', 'x.rules', 'src', 'port', '2000'])).code).toBe(0);
    expect(sids()).toEqual(['7']);
    expect((await run(['-r', 'a.pcap', 'prt', '7'])).stderr).toMatch(
      /packet filter "prt 7": character 1, at "prt"/,
    );
  });

  it('inspects nothing with --disable-detection', async () => {
    write('a.pcap', pcapFile([hello(7)]));
    expect((await run(['-r', 'a.pcap', '-S', 'x.rules', '--disable-detection'])).code).toBe(0);
    expect(sids()).toEqual([]);
  });

  it('processes the intact part of a damaged capture and ends with 1', async () => {
    write('a.pcap', pcapFile([hello(7), hello(7, 1001)]).subarray(0, -1));
    const { code, stderr } = await run(['-r', 'a.pcap', '-S', 'x.rules']);
    expect(stderr).toMatch(/^Error: a\.pcap: the file is truncated, .* \(packet 2, byte offset 87\)\n$/);
    expect([code, sids()]).toEqual([1, ['7']]);
    expect((await run(['-r', 'a.pcap', '--set', 'pcap-file.damaged=warning'])).code).toBe(0);
  });
});

describe('rules', () => {
  beforeEach(() => {
    write('a.pcap', pcapFile([hello(7)]));
    write('bad.rules', `alert udp any any -> any 7 (msg:"bad"; contnt:"x"; sid:1;)\n${RULES}`);
  });

  it('with errors are reported with file, line and reason; the others are loaded', async () => {
    const { code, stderr } = await run(['-r', 'a.pcap', '-S', 'bad.rules']);
    expect(stderr).toMatch(/contnt/);
    expect(stderr).toMatch(/bad\.rules at line 1/);
    expect([code, sids()]).toEqual([0, ['7']]);
  });

  it.each([[['--init-errors-fatal', '-r', 'a.pcap']], [['-T']]])(
    'with errors end the run with %j',
    async words => {
      const { code, stderr } = await run([...words, '-S', 'bad.rules']);
      expect(stderr).toMatch(/Loading signatures failed/);
      expect([code, sids()]).toEqual([1, []]);
    },
  );

  it('are rejected by -T if a variable is invalid, even one that no rule uses', async () => {
    const sets = [
      'vars.address-groups.A=[10.0.0.0/8,foo]',
      'vars.address-groups.B=[!$A',
      'vars.port-groups.P=70000',
      'vars.port-groups.Q=',
      'vars.port-groups.R.ssh=22',
    ];
    const { code, stderr } = await run([...sets.flatMap(set => ['--set', set]), '-T', '-S', 'x.rules']);
    expect(stderr).toContain('invalid address variable A: "[10.0.0.0/8,foo]": "foo" is not an address');
    expect(stderr).toContain('invalid address variable B: "[!$A"');
    expect(stderr).toContain('invalid port variable P: "70000": "70000" is not a port');
    expect(stderr).not.toContain('port variable Q');
    expect(stderr).toContain('invalid port variable R: "{"ssh":22}"');
    expect(code).toBe(1);
  });

  it('are rejected by -T if the policy for mid-stream sessions is invalid', async () => {
    const { code, stderr } = await run([
      '-T',
      '-S',
      'x.rules',
      '--set',
      'stream.midstream-policy=drop-packet',
    ]);
    expect(stderr).toContain('stream.midstream-policy: drop-packet cannot be used');
    expect(code).toBe(1);
  });

  it.each([
    ['--init-errors-fatal', 'Warning'],
    ['--strict-rule-keywords', 'Error'],
  ])('with an event that no longer exists: %s', async (word, level) => {
    write('gone.rules', `alert pkthdr any any -> any any (decode-event:udp.hlen_invalid; sid:1;)\n${RULES}`);
    const { stdout, stderr } = await run(['-r', 'a.pcap', '-S', 'gone.rules', word]);
    expect(stdout + stderr).toContain(
      `${level}: detect: decode-event keyword no longer supports event "decoder.udp.hlen_invalid"`,
    );
  });

  it('and configuration are tested with -T', async () => {
    const { code, stdout } = await run(['-T', '-S', 'x.rules', '-v']);
    expect(stdout).toMatch(/1 rule files processed\. 1 rules successfully loaded, 0 rules failed/);
    expect(stdout).toMatch(/Configuration provided was successfully loaded\. Exiting\.\n$/);
    expect(code).toBe(0);
  });
});

describe('messages', () => {
  beforeEach(() => {
    write('a.pcap', pcapFile([hello(7)]));
  });

  it('are a table at the end of a replay, and no progress line without a terminal', async () => {
    const { stdout, stderr } = await runSluice(
      ['replay', 'a.pcap', '-c', 'x.yaml', '--rules', 'x.rules', '-l', '.'],
      {
        cwd: folder,
      },
    );
    expect(stdout).toMatch(/packets +1 \(/);
    expect(stdout).toMatch(/alerts +1\n/);
    expect(stdout + stderr).not.toMatch(/\r|\x1b/);
  });

  it('are omitted with --quiet', async () => {
    const { stdout, stderr } = await runSluice(['replay', 'a.pcap', '-c', 'x.yaml', '-l', '.', '--quiet'], {
      cwd: folder,
    });
    expect(stdout + stderr).toBe('');
  });

  it('count unknown keys, name them with -v, and name likely typos always', async () => {
    write('x.yaml', `${CONFIG}zeppelin: { a: 1 }\nquokka: { b: 1 }\nstraem: { inline: yes }\n`);
    const brief = await run(['-r', 'a.pcap']);
    expect(brief.stdout).toMatch(/2 unknown keys have no effect/);
    expect(brief.stdout).toMatch(/x\.yaml:13: straem: unknown key, did you mean stream\?/);
    expect(brief.stdout).not.toMatch(/zeppelin/);
    expect((await run(['-r', 'a.pcap', '-v'])).stdout).toMatch(/x\.yaml:11: zeppelin: unknown key/);
  });

  it('name unknown outputs', async () => {
    write('x.yaml', `${CONFIG}  - alert-prelude: { enabled: yes }\n`);
    expect((await run(['-r', 'a.pcap'])).stdout).toMatch(/not supported and ignored: alert-prelude/);
  });
});

describe('signals', () => {
  it('rotate logs, reload rules, and stop a run that follows a capture', async () => {
    const path = write('a.pcap', pcapFile([hello(7)]));
    const words = [
      '-c',
      'x.yaml',
      '-l',
      '.',
      '-r',
      path,
      '-S',
      'x.rules',
      '--pcap-file-continuous',
      '--pidfile',
      'pid',
    ];
    const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: folder });
    const out = collectOutput(child);
    const more = (port: number) => appendFileSync(path, pcapFile([hello(port)]).subarray(24));
    try {
      await until(() => sids().length === 1, out);
      expect(readFileSync(join(folder, 'pid'), 'utf8').trim()).toBe(String(child.pid));

      renameSync(join(folder, 'fast.log'), join(folder, 'old.log'));
      child.kill('SIGHUP');
      await until(() => existsSync(join(folder, 'fast.log')), out);
      more(7);
      await until(() => sids().length === 1, out);

      write('x.rules', RULES.replace('sid:7', 'sid:8'));
      child.kill('SIGUSR2');
      await until(() => out().includes('rule reload complete'), out);

      write('x.rules', 'alert nonsense\n');
      child.kill('SIGUSR2');
      await until(() => out().split('rule reload').length > 4, out);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await new Promise(resolve => child.on('close', resolve))).toBe(0);
    expect([sids('old.log'), sids()]).toEqual([['7'], ['7']]);
    expect(existsSync(join(folder, 'pid'))).toBe(false);
  });
});

describe('replay of a folder', () => {
  const many = 60;
  const each = (place: string) =>
    readFileSync(join(folder, place, 'eve.json'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line));
  const replay = (place: string, ...words: string[]) => {
    const settings = ['threading.threads=2', 'pcap-file.buffer-size=4kb'].flatMap(set => ['--set', set]);
    const own = ['-c', 'many.yaml', '-l', place, '-p', 'workers', ...settings, ...words];
    return runSluice(['replay', 'captures', ...own], { cwd: folder });
  };

  beforeEach(() => {
    mkdirSync(join(folder, 'captures'));
    mkdirSync(join(folder, 'apart'));
    mkdirSync(join(folder, 'joined'));
    write('many.yaml', '%YAML 1.1\n---\noutputs:\n  - eve-log: { enabled: yes, types: [alert, flow] }\n');
    for (let i = 0; i < many; i++) {
      const path = write(`captures/${i}.pcap`, pcapFile(Array(1 + (i % 9) * 20).fill(hello(7))));
      utimesSync(path, 1_700_000_000 + i, 1_700_000_000 + i);
    }
  });

  it('processes each capture on its own and writes records in the order of captures', async () => {
    const { code, stderr } = await replay('apart', '--rules', 'x.rules');
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/Error/)]);
    const flows = each('apart').filter(record => record.event_type === 'flow');
    expect(flows.map(record => record.flow.pkts_toserver)).toEqual(
      Array.from({ length: many }, (_, i) => 1 + (i % 9) * 20),
    );
  });

  it('processes all captures as one with --joined', async () => {
    expect((await replay('joined', '--joined', '-p', 'single')).code).toBe(0);
    expect(each('joined').filter(record => record.event_type === 'flow')).toHaveLength(1);
  });
});

describe('replay --loop --watch', () => {
  it('loads a detection as soon as it is saved', async () => {
    const capture = write('a.pcap', pcapFile([hello(7)]));
    const detection = (sid: number) =>
      `import { alert, defineDetection } from 'sluice';
export default defineDetection({ name: 'd', sid: ${sid}, msg: 'd', onFlowStart: () => alert() });`;
    write('d.ts', detection(1));
    write('loop.yaml', '%YAML 1.1\n---\noutputs:\n  - fast: { enabled: yes }\n');
    const words = ['replay', capture, '-c', 'loop.yaml', '-l', '.', '--rules', 'd.ts', '--loop', '--watch'];
    const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: folder });
    const out = collectOutput(child);
    try {
      await until(() => existsSync(join(folder, 'fast.log')) && /\[1:1:1\]/.test(fast()), out);
      write('d.ts', detection(2));
      await until(() => /\[1:2:1\]/.test(fast()), out);
    } finally {
      child.kill('SIGINT');
    }
    expect(await new Promise(resolve => child.on('close', resolve)), out()).toBe(0);
    expect(fast()).toMatch(/\[1:1:1\] d[\s\S]*\[1:2:1\] d/);
  });

  const fast = () => readFileSync(join(folder, 'fast.log'), 'utf8');
});
