/** Runs one test: requirements, command, exit code, checks. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckContext, failureOf } from './checks/check.js';
import { Records } from './checks/records.js';
import { type Command, commandOf, type TestVariables, Unrunnable } from './command.js';
import type { Engine } from './engine.js';
import { type Machine, skipReason, unmetRequirement } from './requirements.js';
import { checksOf, type TestFolder } from './test-folder.js';

export interface TestResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it failed (the first reason) or was skipped. */
  readonly reason: string;
  readonly seconds: number;
}

export interface TestContext {
  readonly machine: Machine;
  readonly engine: Engine;
  /** Parent of the output folders of all tests. */
  readonly outputs: string;
  readonly timeoutSeconds: number;
}

export async function runTest(test: TestFolder, context: TestContext): Promise<TestResult> {
  const started = performance.now();
  const result = (outcome: TestResult['outcome'], reason = ''): TestResult => {
    return { name: test.name, outcome, reason, seconds: (performance.now() - started) / 1000 };
  };
  const { requires, skip } = test.description;
  const unmet = unmetRequirement(requires, context.machine) ?? skipReason(skip, context.machine);
  if (unmet) return result('skipped', unmet);
  try {
    const reason = await runAttempts(test, context);
    return reason === undefined ? result('passed') : result('failed', reason);
  } catch (error) {
    if (error instanceof Unrunnable) return result(error.skip ? 'skipped' : 'failed', error.message);
    return result('failed', `the runner failed: ${(error as Error).message}`);
  }
}

/** Runs the test `count` times, each with up to `retry` further attempts. @returns the reason of the first failure */
async function runAttempts(test: TestFolder, context: TestContext): Promise<string | undefined> {
  const { count = 1, retry = 0 } = test.description;
  for (let run = 0; run < count; run++) {
    let reason = await runOnce(test, context);
    for (let attempt = 0; attempt < retry && reason !== undefined; attempt++)
      reason = await runOnce(test, context);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

async function runOnce(test: TestFolder, context: TestContext): Promise<string | undefined> {
  const variables = prepareOutput(test, context);
  const env = environmentOf(test, variables);
  const command = commandOf(test, variables);
  runScripts(test, env, variables.OUTPUT_DIR);
  writeCommand(command, variables.OUTPUT_DIR);
  const options = {
    cwd: test.path,
    env,
    output: variables.OUTPUT_DIR,
    timeoutSeconds: context.timeoutSeconds,
  };
  const status = await ('shell' in command
    ? context.engine.runShell(command.shell, options)
    : context.engine.run(command.args, options));
  if (status === 'timeout') return `no end after ${context.timeoutSeconds} s`;
  const expected = test.description['exit-code'] ?? 0;
  if (status !== expected)
    return `exit code ${status}, expected ${expected}${lastErrorLine(variables.OUTPUT_DIR)}`;
  if (test.description['pre-check']) runScript(test.description['pre-check'], env, variables.OUTPUT_DIR);
  const records = new Records(variables.OUTPUT_DIR);
  return firstFailure({ test, records, variables, env, machine: context.machine });
}

function prepareOutput(test: TestFolder, context: TestContext): TestVariables {
  const output = join(context.outputs, test.name);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  return { SRCDIR: context.machine.sourceFolder, TEST_DIR: test.path, OUTPUT_DIR: output, TZ: 'UTC' };
}

function environmentOf(test: TestFolder, variables: TestVariables): NodeJS.ProcessEnv {
  const own = Object.entries(test.description.env ?? {}).map(([name, value]) => [name, String(value)]);
  return {
    ...process.env,
    SLUICE_INCLUDE_PATH: join(variables.SRCDIR, 'etc'),
    // Tests expect exit code 0 for truncated captures; only the readable part counts.
    SLUICE__pcap_file__damaged: 'warning',
    ...variables,
    ...Object.fromEntries(own),
  };
}

function runScripts(test: TestFolder, env: NodeJS.ProcessEnv, output: string): void {
  for (const { script } of test.description.setup ?? []) if (script) runScript(script, env, output);
}

function runScript(script: string, env: NodeJS.ProcessEnv, output: string): void {
  const { status } = spawnSync('/bin/sh', ['-c', script], {
    cwd: output,
    env,
    timeout: 30_000,
    stdio: 'ignore',
  });
  if (status !== 0) throw new Unrunnable(`set-up script failed: ${script.trim()}`, false);
}

/** Written next to the output, to repeat a failed test by hand. */
function writeCommand(command: Command, output: string): void {
  const line = 'shell' in command ? command.shell : command.args.join(' ');
  writeFileSync(join(output, 'cmdline'), `${line}\n`);
}

function lastErrorLine(output: string): string {
  const { stdout } = spawnSync('tail', ['-n', '1', join(output, 'stderr')], { encoding: 'utf8' });
  return stdout.trim() === '' ? '' : ` (${stdout.trim().slice(0, 300)})`;
}

function firstFailure(context: CheckContext): string | undefined {
  const reasons = checksOf(context.test.description).flatMap(check => failureOf(check, context) ?? []);
  return reasons.length > 1 ? `${reasons[0]} (and ${reasons.length - 1} more)` : reasons[0];
}
