/** A program that runs: what it said so far, and waiting for what it does. */
import type { ChildProcess } from 'node:child_process';

export function textOf(child: ChildProcess): () => string {
  let text = '';
  const add = (data: Buffer): void => {
    text += data;
  };
  child.stdout!.on('data', add);
  child.stderr!.on('data', add);
  return () => text;
}

/** Waits until something is so; gives up, so that the program is stopped, before the test's time limit. */
export async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 25_000;
  while (!holds() && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 10));
}
