import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programEngine } from './engine.js';
import { type Requirements, unmetRequirement } from './requirements.js';
import { runTests } from './run-tests.js';
import { findTests } from './test-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-runner-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const RECORDS = [
  { event_type: 'alert', alert: { signature_id: 1, references: ['a', 'b'] }, http: { url: '/index.html' } },
  { event_type: 'alert', alert: { signature_id: 2 }, vlan: [1, 10] },
  { event_type: 'stats', stats: { decoder: { ipv4: 84 } } },
];

/** A program that writes the records, and its arguments, to the folder that follows -l. */
function fakeEngine(exitCode = 0): string {
  const eve = RECORDS.map(record => JSON.stringify(record)).join('\n');
  const text = `#!/bin/sh
args="$*"
while [ "$1" != -l ]; do shift; done
echo "$args" > "$2/arguments"
cat > "$2/eve.json" <<'END'
${eve}
END
echo "something is wrong" >&2
exit ${exitCode}
`;
  const file = write('engine.sh', text);
  chmodSync(file, 0o755);
  return file;
}

async function run(program: string) {
  const context = {
    machine: { features: new Set(['HAVE_LUA']), sourceFolder: join(folder, 'source') },
    engine: programEngine(program),
    outputs: join(folder, 'out'),
    timeoutSeconds: 20,
  };
  const root = join(folder, 'tests');
  return runTests(root, findTests(root), 2, context);
}

/** Runs one test with this test.yaml; it has a capture and rules. */
async function outcomeOf(yaml: string, name = 'one', exitCode = 0): Promise<string> {
  write(`tests/${name}/input.pcap`, '');
  write(`tests/${name}/test.rules`, '');
  write(`tests/${name}/test.yaml`, yaml);
  const [result] = await run(fakeEngine(exitCode));
  return result!.reason === '' ? result!.outcome : `${result!.outcome}: ${result!.reason}`;
}

const shellCheck = (args: string, expected: string) =>
  `checks: [{shell: {args: '${args}', expect: '${expected}'}}]`;

test.each([
  ['exact', 'event_type: alert', 2],
  ['dotted path', 'alert.signature_id: 2', 1],
  ['list index', '"alert.references[1]": b', 1],
  ['index beyond the end', '"alert.references[2]": b', 0],
  ['whole list', 'vlan: [1, 10]', 1],
  ['a number is not a string', "alert.signature_id: '2'", 0],
  ['has-key', 'has-key: http.url', 1],
  ['not-has-key of several', 'not-has-key: [http, vlan]', 1],
  ['__len', 'alert.references.__len: 2', 1],
  ['__contains', 'alert.references.__contains: b', 1],
  ['__find', 'http.url.__find: dex', 1],
  ['__startswith', 'http.url.__startswith: /in', 1],
  ['__endswith', 'http.url.__endswith: .html', 1],
  ['__gt', 'alert.signature_id.__gt: 1', 1],
  ['__gte', 'alert.signature_id.__gte: 1', 2],
  ['__lt', 'alert.signature_id.__lt: 1', 0],
  ['__lte', 'alert.signature_id.__lte: 1', 1],
])('filter: %s', async (_what, match, count) => {
  expect(await outcomeOf(`checks: [{filter: {count: ${count}, match: {${match}}}}]`)).toBe('passed');
});

test('a failed filter reports what it found, and the actual value in the closest record', async () => {
  const yaml = 'checks: [{filter: {count: 1, match: {event_type: alert, alert.signature_id: 3}}}]';
  expect(await outcomeOf(yaml)).toBe(
    'failed: 0 of 3 records match, expected 1: event_type="alert" alert.signature_id=3' +
      ' (one record has all but alert.signature_id: 1)',
  );
});

test('stats checks the last stats record', async () => {
  expect(await outcomeOf('checks: [{stats: {decoder.ipv4: 84}}]')).toBe('passed');
  expect(await outcomeOf('checks: [{stats: {decoder.ipv4: 1}}]')).toBe(
    'failed: stats: decoder.ipv4 is 84, expected 1',
  );
});

test('a check for another version is skipped', async () => {
  const yaml = 'checks: [{filter: {requires: {min-version: 9}, count: 7, match: {event_type: alert}}}]';
  expect(await outcomeOf(yaml)).toBe('passed');
});

test('a wrong exit code is reported with the last line of stderr', async () => {
  expect(await outcomeOf('exit-code: 1', 'one', 1)).toBe('passed');
  expect(await outcomeOf('checks: []', 'one', 1)).toBe(
    'failed: exit code 1, expected 0 (something is wrong)',
  );
});

test('arguments come from args, rules and capture; a folder named ips simulates inline mode', async () => {
  const last =
    'sed s/.*--init/--init/ arguments | sed "s#$TEST_DIR##g; s#$OUTPUT_DIR#OUT#; s#-c [^ ]*#-c C#"';
  const usual = '--init-errors-fatal -l OUT -c C';
  expect(await outcomeOf(shellCheck(last, `${usual} -r /input.pcap -S /test.rules`))).toBe('passed');
  rmSync(join(folder, 'tests'), { recursive: true });
  const ips = `${usual} --simulate-ips -r /input.pcap -S /test.rules`;
  expect(await outcomeOf(shellCheck(last, ips), 'group/some-ips-02')).toBe('passed');
});

test('variables are replaced in args and command', async () => {
  const yaml = `args: ['--set a=\${TEST_DIR}/x']\n${shellCheck('grep -c "set a=$TEST_DIR/x" arguments', '1')}`;
  expect(await outcomeOf(yaml)).toBe('passed');
  expect(
    await outcomeOf(`command: echo hello \${TZ}
${shellCheck('cat stdout', 'hello UTC')}`),
  ).toBe('passed');
});

test('a command that does not end is killed', async () => {
  write('tests/slow/test.yaml', 'pcap: false\ncommand: sleep 60 | sleep 60');
  const context = {
    machine: { features: new Set<string>(), sourceFolder: folder },
    engine: programEngine('/bin/true'),
    outputs: join(folder, 'out'),
    timeoutSeconds: 0.2,
  };
  const [result] = await runTests(join(folder, 'tests'), ['slow'], 1, context);
  expect(result).toMatchObject({ outcome: 'failed', reason: 'no end after 0.2 s' });
});

test('file-compare reports the line that differs', async () => {
  write('tests/one/expected.txt', 'a\nb\n');
  write('tests/one/other.txt', 'a\nc\n');
  const compare = 'checks: [{file-compare: {filename: written, expected: expected.txt}}]';
  expect(await outcomeOf(`setup: [{script: cp $TEST_DIR/expected.txt written}]\n${compare}`)).toBe('passed');
  expect(await outcomeOf(`setup: [{script: cp $TEST_DIR/other.txt written}]\n${compare}`)).toBe(
    'failed: written line 2 is "c", expected "b"',
  );
});

test.each<[Requirements, string | undefined]>([
  [{ 'min-version': 8 }, undefined],
  [{ 'min-version': '8.0.7' }, undefined],
  [{ 'min-version': '8.0.8' }, 'requires at least version 8.0.8'],
  [{ 'min-version': 9 }, 'requires at least version 9'],
  [{ 'lt-version': 9 }, undefined],
  [{ 'lt-version': 8 }, 'for version less than 8'],
  [{ 'lt-version': '8.0.7' }, 'for version less than 8.0.7'],
  [{ version: '8.0' }, undefined],
  [{ version: 7 }, 'only for version 7'],
  [{ features: ['HAVE_LUA'] }, undefined],
  [{ features: ['HAVE_LUA', 'MAGIC'] }, 'requires feature MAGIC'],
  [{ os: 'linux' }, undefined],
  [{ os: 'darwin' }, 'requires os darwin'],
  [{ lambda: 'sys.platform != "win32"' }, undefined],
  [{ script: ['false'] }, 'requires script returned false'],
  [{ env: ['NO_SUCH_VARIABLE'] }, 'requires env var NO_SUCH_VARIABLE'],
])('requires %j', (requires, reason) => {
  expect(unmetRequirement(requires, { features: new Set(['HAVE_LUA']), sourceFolder: '/' })).toBe(reason);
});

test('tests are found in subfolders, and skipped if their capture is missing', async () => {
  write('tests/a/test.yaml', 'checks: []');
  write('tests/b/c/test.yaml', 'pcap: ../nothing.pcap');
  const results = await run(fakeEngine());
  expect(results.map(({ name, outcome, reason }) => [name, outcome, reason])).toEqual([
    ['a', 'skipped', 'No pcap file found'],
    ['b/c', 'skipped', 'PCAP filename does not exist: ../nothing.pcap'],
  ]);
});
