/** Messages for mistakes on the command line; the program ends with 1. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runSluice } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-mistakes-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function outputOf(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runSluice(words, { cwd: folder });
  expect(code).toBe(1);
  return stderr + stdout;
}

it('a profile that does not exist is reported', async () => {
  expect(await outputOf('profiles', 'show', 'nope')).toContain('unknown profile nope. Available: single, ');
  expect(await outputOf('profiles', 'show', 'worker')).toContain('did you mean workers? Available: ');
});

it('a rule file that does not exist is reported', async () => {
  expect(await outputOf('rules', 'check', 'nope.rules')).toContain(
    'No rule files match the pattern nope.rules',
  );
});

it('a pid file that cannot be written is reported', async () => {
  expect(await outputOf('-r', '-', '-l', '.', '--pidfile', '/dev/null/pid')).toContain(
    'pid-file: /dev/null/pid cannot be written: ENOTDIR',
  );
});

it('a user or group that does not exist is reported before anything starts', async () => {
  expect(await outputOf('-T', '-l', '.', '--user', 'nobody-here')).toContain(
    '/etc/passwd has no nobody-here',
  );
  expect(await outputOf('-r', '-', '-l', '.', '--group', 'none-here')).toContain(
    '/etc/group has no none-here',
  );
});

it('an error that prevents a run in the background is reported', async () => {
  expect(await outputOf('-D', '-r', 'nope.pcap', '-l', '.')).toContain('nope.pcap');
});

it('more memory than the machine has and an invalid buffer size are reported', async () => {
  const words = ['-r', '-', '-l', '.', '--set'];
  expect(await outputOf(...words, 'flow.memcap=1000000gb')).toMatch(
    /the memory for the threads cannot be allocated .*: lower flow\.memcap/,
  );
  expect(await outputOf(...words, 'outputs.0.fast.buffer-size=100gb')).toContain(
    'expected a size from 0 to 1gb',
  );
});

it('a protocol plugin that cannot be loaded is reported', async () => {
  const loading = async (name: string, code: string): Promise<string> => {
    const path = join(folder, name);
    writeFileSync(path, code);
    return outputOf('-T', '-l', '.', '--set', `app-layer.plugins.0=${path}`);
  };
  expect(await loading('garbled.mjs', 'export default {\n  name: "x" 1,\n};\n')).toMatch(
    /garbled\.mjs: SyntaxError: .*node --check/,
  );
  expect(await loading('lacking.mjs', "import 'not-there';\n")).toMatch(
    /lacking\.mjs: .*'not-there'.*npm install/,
  );
  expect(await loading('typed.tsx', 'export default {};\n')).toContain('typed.tsx: not JavaScript');
});
