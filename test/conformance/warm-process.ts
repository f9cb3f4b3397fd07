/** An engine process that runs one command line after the other, started by `warm-engine.ts`. */
import { main } from '../../engine/cli/main.js';

/** One run, as sent to this process. */
export interface Run {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

process.on('message', (run: Run) => void runCommand(run));

async function runCommand({ args, cwd, env }: Run): Promise<void> {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name];
  Object.assign(process.env, env);
  process.exitCode = 0;
  const code = await main(args);
  // Output of threads arrives a moment later.
  setImmediate(() => process.send!(code));
}
