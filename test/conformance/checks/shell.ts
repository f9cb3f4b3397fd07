/** `shell`: a shell command run in the output folder, which succeeds and prints what is expected. */
import { spawnSync } from 'node:child_process';
import { CheckFailure } from './failure.js';

export interface Shell {
  readonly args: string;
  readonly expect?: unknown;
}

/** @throws CheckFailure with exit code or output */
export function checkShell(shell: Shell, output: string, env: NodeJS.ProcessEnv): void {
  const { status, stdout } = spawnSync('/bin/sh', ['-c', shell.args], {
    cwd: output,
    env,
    encoding: 'utf8',
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = shell.args.trim().replace(/\s+/g, ' ');
  if (shell.expect === undefined || shell.expect === null) {
    if (status !== 0) throw new CheckFailure(`shell: ${line}: exit code ${status}`);
    return;
  }
  const printed = stdout.trim();
  if (printed !== String(shell.expect).trim()) {
    throw new CheckFailure(`shell: ${line}: printed "${printed.slice(0, 200)}", expected "${shell.expect}"`);
  }
}
