/** The engine under test: how it is started for a test. */
import { spawnSync } from 'node:child_process';
import { type ExitStatus, execute } from './execute.js';

/** Working directory and output folder of a command. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly output: string;
  readonly timeoutSeconds: number;
}

export interface Engine {
  run(args: readonly string[], options: RunOptions): Promise<ExitStatus>;
  runShell(line: string, options: RunOptions): Promise<ExitStatus>;
}

/** An engine that is a separate program, started for each test. */
export function programEngine(program: string): Engine {
  return {
    run: (args, options) => execute({ file: program, args, ...options }),
    runShell: (line, options) => execute({ file: '/bin/sh', args: ['-c', line], ...options }),
  };
}

/** Words of the `Features:` line of `--build-info`; empty if the program cannot be run. */
export function featuresOf(program: string): Set<string> {
  const { stdout } = spawnSync(program, ['--build-info'], { encoding: 'utf8', timeout: 30_000 });
  const line = /^Features:(.*)$/m.exec(stdout ?? '');
  return new Set((line?.[1] ?? '').trim().split(/\s+/).filter(Boolean));
}
