import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAM, runSluice } from './program.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('information options', () => {
  it.each([
    [['-V'], /^Sluice \d+\.\d+\.\d+ \(rules and options of Suricata version 8\.0\.7\)\n$/],
    [['--build-info'], /^Features: .*\bHAVE_LIBJANSSON\b/m],
    [['--list-runmodes'], /^PCAP_FILE {2}-r\s+autofp$/m],
    [['--list-keywords'], /^- content$/m],
    [['--list-keywords=csv'], /^content;[^;]+;/m],
    [['--list-keywords=content'], /^= content =\n/],
    [['--list-app-layer-protos'], /^=+Supported App Layer Protocols=+\n/],
    [
      ['--list-app-layer-hooks'],
      /^http1:request_line\n[\s\S]*^tls:request_started\ntls:client_in_progress$/m,
    ],
    [['--list-rule-protos'], /^tcp-pkt$/m],
    [['profiles', 'list'], /^oisf2009\s/m],
    [['profiles', 'show', 'pipeline'], /acquire/],
    [['config', 'show', 'stream', '--set', 'stream.inline=yes'], /^stream:\n[\s\S]* inline: yes$/m],
    [['config', 'show', '--defaults', 'stream.inline'], /^stream\.inline: auto\n.*auto, yes or no/],
    [['-h'], /Examples:\n {2}sluice -c suricata\.yaml -r capture\.pcap/],
    [[], /^Usage: sluice/],
    [['help'], /^Usage: sluice/],
    [['replay', '--help'], /Examples:\n {2}sluice replay/],
    [['rules', '--help'], /check \[options\] <files\.\.\.>/],
  ])('%j prints its information', async (words, expected) => {
    const { code, stdout, stderr } = await runSluice(words);
    expect(stdout).toMatch(expected);
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('invalid command lines', () => {
  it.each([
    [['--sett', 'a=b'], /^Error: unknown option '--sett'\n\(Did you mean --set\?\)$/m],
    [['replya', 'x.pcap'], /unknown command replya, did you mean replay\?/],
    [
      ['-S', 'x.rules'],
      /Please specify a runmode or capture option\. Use --list-runmodes to see available runmodes\./,
    ],
    [['-r', 'a', '-q', '0'], /cannot be combined/],
    [['-q', '9:2'], /-q 9:2: expected a queue/],
    [['-k', 'some', '-r', 'x'], /-k some: expected all or none/],
    [['-r', '/none/x.pcap'], /\/none\/x\.pcap: no such file or folder/],
    [['-r', '.', '--pcap-file-recursive', '--pcap-file-continuous'], /recursively or continuously, not both/],
    [['-c', '/none/x.yaml', '-r', '.'], /\/none\/x\.yaml: no such file/],
    [['-r', '.', '--set', 'nonsense'], /--set: "nonsense": expected path=value/],
    [['--netmap', '-r', 'x'], /--netmap: this capture method is not supported/],
    [
      ['-r', '.', '--runmode', 'autopf', '--disable-detection'],
      /unknown profile autopf, did you mean autofp\?/,
    ],
    [['profiles', 'show', 'none'], /unknown profile none/],
    [['config', 'shw'], /unknown command 'shw'\s+\(Did you mean show\?\)/],
    [['config', 'show', 'no.such'], /no\.such is not set/],
    [['--list-keywords=contnet'], /unknown keyword contnet, did you mean content\?/],
    [['-F', '/none', '-r', '.'], /-F: .*\/none/],
  ])('%j is rejected with a readable message', async (words, expected) => {
    const { code, stderr } = await runSluice(words, { cwd: folder });
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });
});

describe('--dump-config', () => {
  it('shows each key as key = value, with the values that were set', async () => {
    const config = file(
      'dump.yaml',
      '%YAML 1.1\n---\naf-packet:\n  - interface: eth0\nstream: {inline: no}\n',
    );
    const { code, stdout } = await runSluice([
      '-c',
      config,
      '--set',
      'stream.inline=yes',
      '--dump-config',
      '-k',
      'none',
    ]);
    expect(stdout).toBe(
      [
        'af-packet = (null)',
        'af-packet.0 = interface',
        'af-packet.0.interface = eth0',
        'stream = (null)',
        'stream.inline = yes',
        'capture = (null)',
        'capture.checksum-validation = none',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('reads the environment', async () => {
    const config = file('env.yaml', 'a: 1\n');
    const { stdout } = await runSluice(['--dump-config'], {
      env: { SLUICE_CONFIG: config, SLUICE__stream__inline: 'yes' },
    });
    expect(stdout).toBe('a = 1\nstream = (null)\nstream.inline = yes\n');
  });
});

describe('config check', () => {
  it('accepts the documented defaults', async () => {
    const { code, stdout } = await runSluice(['config', 'check', 'suricata-like.yaml']);
    expect([code, stdout]).toEqual([0, 'suricata-like.yaml: 0 errors, 0 keys that have no effect\n']);
  });

  it.each([
    ['stream.memcap=lots', 'invalid size argument: "lots"'],
    ['flow.memcap=0', 'invalid size argument: "0", expected a size above 0'],
    ['bpf-filter=tcp prt 80', 'packet filter "tcp prt 80": character 5, at "prt"'],
    ['stream.memcap-policy=drop-all', 'not a valid exception policy value: "drop-all"'],
  ])('%s is rejected', async (set, message) => {
    const { code, stderr } = await runSluice(['-r', 'test/sample/sample.pcap', '--set', set]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('reports file, line, key, what was expected and what was probably meant', async () => {
    const outputs = 'outputs:\n  - fast:\n    enabled: no\n';
    const probing = 'app-layer:\n  protocols:\n    tls:\n      tcp:\n        enabled: nonsense\n';
    const config = file(
      'bad.yaml',
      `stream:\n  inline: perhaps\n  midstraem: yes\nnapatech:\n  x: 1\n${outputs}${probing}`,
    );
    const { code, stdout } = await runSluice(['config', 'check', config]);
    expect(stdout.split('\n')).toEqual([
      `error: ${config}:2: stream.inline: "perhaps" is invalid, expected auto, yes or no`,
      `warning: ${config}:3: stream.midstraem: unknown key, did you mean stream.midstream?`,
      `warning: ${config}:4: napatech: no effect, packets come from captures, AF_PACKET and NFQUEUE`,
      `error: ${config}:13: app-layer.protocols.tls.tcp.enabled: "nonsense" is invalid, expected yes or no`,
      `error: ${config}:8: outputs.0.enabled: has no effect next to fast in one item: indent settings of fast below it, or start an output of its own with a dash`,
      `${config}: 3 errors, 2 keys that have no effect`,
      '',
    ]);
    expect(code).toBe(1);
  });
});

describe('rules check', () => {
  it('reports file, line, column and reason', async () => {
    const rules = file(
      'x.rules',
      'alert tcp any any -> any any (msg:"a"; content:"x"; sid:1;)\nalert tcp any any -> any any (msg:"b"; contnt:"x"; sid:2;)\n',
    );
    const { code, stdout } = await runSluice(['rules', 'check', rules]);
    expect(stdout).toMatch(new RegExp(`^${rules}:2:\\d+: error: .*contnt`));
    expect(stdout).toMatch(/^1 rules loaded, 1 errors/m);
    expect(code).toBe(1);
  });
});

it('closing the reading end of the output early causes no error', async () => {
  const child = spawn(process.execPath, [PROGRAM, '--list-keywords=all'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', data => {
    err += data;
  });
  child.stdout.destroy();
  expect(await new Promise(resolve => child.on('close', resolve))).toBe(0);
  expect(err).toBe('');
});
