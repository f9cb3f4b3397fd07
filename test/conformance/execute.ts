/** Runs a command with its output in files, and kills it with all its children after a timeout. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

export interface Execution {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the files `stdout` and `stderr`. */
  readonly output: string;
  readonly timeoutSeconds: number;
}

/** Exit code (128 + signal if killed), or `timeout`. */
export type ExitStatus = number | 'timeout';

export function execute(execution: Execution): Promise<ExitStatus> {
  const { file, args, cwd, env, output, timeoutSeconds } = execution;
  const stdout = openSync(join(output, 'stdout'), 'w');
  const stderr = openSync(join(output, 'stderr'), 'w');
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', stdout, stderr] });
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      killGroup(child.pid);
    }, timeoutSeconds * 1000);
    const settle = (): void => {
      clearTimeout(timer);
      closeSync(stdout);
      closeSync(stderr);
    };
    child.once('error', error => {
      settle();
      reject(error);
    });
    child.once('close', (code, signal) => {
      settle();
      resolve(
        isTimedOut ? 'timeout' : (code ?? 128 + (signal === 'SIGABRT' ? 6 : signal === 'SIGSEGV' ? 11 : 9)),
      );
    });
  });
}

/** The child leads its own process group, so that a shell's children are killed with it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
