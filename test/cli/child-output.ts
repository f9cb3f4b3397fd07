/** The output of a running program so far. */
import type { ChildProcess } from 'node:child_process';

export function collectOutput(child: ChildProcess): () => string {
  let text = '';
  const add = (data: Buffer): void => {
    text += data;
  };
  child.stdout!.on('data', add);
  child.stderr!.on('data', add);
  return () => text;
}
