/** `-D`: a run in a process of its own. Who started it hears what went wrong until it runs. */
import { spawn } from 'node:child_process';

/** In the environment of the process that has come to the background. */
const MARK = 'SLUICE_IN_BACKGROUND';

/** Whether this process is the one in the background already. */
export function isInBackground(): boolean {
  return process.env[MARK] !== undefined;
}

/**
 * Starts the same command line there.
 * @param words the command line
 * @returns 0 as soon as it runs; the exit code of what ended before
 */
export function runInBackground(words: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [process.argv[1]!, ...words], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, [MARK]: 'yes' },
  });
  child.stderr!.pipe(process.stderr, { end: false });
  return new Promise(resolve => {
    child.once('message', () => {
      child.disconnect();
      child.stderr!.destroy();
      child.unref();
      resolve(0);
    });
    child.once('close', code => resolve(code ?? 1));
  });
}

/** Tells who started it that it runs. */
export function tellStarter(): void {
  if (isInBackground()) process.send?.('runs');
}
