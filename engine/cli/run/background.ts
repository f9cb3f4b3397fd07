/** `-D`: a run in a background process. The starting process prints its errors until it is running. */
import { spawn } from 'node:child_process';

/** Set in the environment of the background process. */
const MARK = 'SLUICE_IN_BACKGROUND';

/** Whether this is the background process. */
export function isInBackground(): boolean {
  return process.env[MARK] !== undefined;
}

/**
 * Starts the same command line in the background.
 * @param words the command line
 * @returns 0 as soon as it is running; otherwise the exit code with which it ended
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

/** Signals to the starting process that the run has started. */
export function notifyParent(): void {
  if (isInBackground()) process.send?.('runs');
}
